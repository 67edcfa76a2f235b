/// What one session did, step by step, as a trace: the session is the root span, its requests are below it. Routes are patterns, and neither bodies nor values are kept, so that it
/// can be shown to anybody who may see the report.
package struct SessionTrace: Sendable, Equatable {
    /// Steps that are kept: the first half and the last half of them, further ones between are counted.
    package static let maximumSteps = 64

    package var goal: String
    /// Fleet time; the worker knows it once it tells.
    package var startMicros: Int64
    package var durationMicros: Int64
    /// The first success check that did not hold; nil where all did, or the goal has none.
    package var failedCheck: FailedCheck?
    package var steps: [Step]
    package var stepsLeftOut: Int64

    package struct FailedCheck: Sendable, Equatable {
        package var name: String
        /// What its answer lacked, in words.
        package var reason: String

        package init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    /// One decision, action or verification, retries included.
    package struct Step: Sendable, Equatable {
        /// What ``what`` is for a decision.
        package static let decision = "decision"
        /// What ``what`` begins with for the harness's own requests.
        package static let verification = "verify "

        /// From the session's start.
        package var offsetMicros: Int64
        package var durationMicros: Int64
        /// `decision`, or a route such as `POST /api/checkout`; `verify` and a route for the harness's own requests.
        package var what: String
        /// The last attempt's, where it was answered; nil for a decision that was made.
        package var status: Int?
        /// What went wrong where there is no status, such as `timeout`.
        package var error: String?
        package var attempts: Int
        /// The parent that the last attempt's `traceparent` named, which is the request's own span; 0 where it is not known.
        package var spanID: UInt64
        /// What a decision took beside its time; nil for a request to a target, and where no attempt came so far.
        package var decision: Decision?

        /// What a model was asked and answered, in numbers.
        package struct Decision: Sendable, Equatable {
            /// From the step's start to the last attempt's first token; nil where none came.
            package var firstTokenMicros: Int64?
            /// All of the prompts, those of failed attempts included.
            package var tokensIn: Int64
            package var tokensOut: Int64
            /// What of ``tokensIn`` came from the endpoint's cache.
            package var tokensCached: Int64
            /// Whether any of the tokens are an estimate, since the endpoint did not say.
            package var isEstimate: Bool

            package init(
                firstTokenMicros: Int64? = nil,
                tokensIn: Int64 = 0,
                tokensOut: Int64 = 0,
                tokensCached: Int64 = 0,
                isEstimate: Bool = false
            ) {
                self.firstTokenMicros = firstTokenMicros
                self.tokensIn = tokensIn
                self.tokensOut = tokensOut
                self.tokensCached = tokensCached
                self.isEstimate = isEstimate
            }
        }

        package init(
            offsetMicros: Int64,
            durationMicros: Int64,
            what: String,
            status: Int? = nil,
            error: String? = nil,
            attempts: Int = 1,
            spanID: UInt64 = 0,
            decision: Decision? = nil
        ) {
            self.offsetMicros = offsetMicros
            self.durationMicros = durationMicros
            self.what = what
            self.status = status
            self.error = error
            self.attempts = attempts
            self.spanID = spanID
            self.decision = decision
        }
    }

    package init(
        goal: String,
        startMicros: Int64 = 0,
        durationMicros: Int64,
        failedCheck: FailedCheck? = nil,
        steps: [Step],
        stepsLeftOut: Int64 = 0
    ) {
        self.goal = goal
        self.startMicros = startMicros
        self.durationMicros = durationMicros
        self.failedCheck = failedCheck
        self.steps = steps
        self.stepsLeftOut = stepsLeftOut
    }
}

/// Keeps a session's steps while it runs.
package struct SessionSteps: Sendable {
    package private(set) var steps: [SessionTrace.Step] = []
    package private(set) var leftOut: Int64 = 0

    package init() {}

    package mutating func append(_ step: SessionTrace.Step) {
        if steps.count >= SessionTrace.maximumSteps {
            // How it began and how it ended say more than what lies between.
            steps.remove(at: SessionTrace.maximumSteps / 2)
            leftOut += 1
        }
        steps.append(step)
    }
}

/// How many sessions are still told in full, so that a broken target does not fill a store.
package struct ExemplarBudget: Sendable {
    /// Sessions of one reason.
    package let perReason: Int
    /// Reasons; none is told of beyond these.
    package let reasons: Int
    private var spent: [String: Int] = [:]

    package init(perReason: Int, reasons: Int = 32) {
        self.perReason = perReason
        self.reasons = reasons
    }

    /// Whether one more may be told.
    package mutating func spend(_ reason: String) -> Bool {
        let told = spent[reason] ?? 0
        guard told < perReason, told > 0 || spent.count < reasons else { return false }
        spent[reason] = told + 1
        return true
    }
}
