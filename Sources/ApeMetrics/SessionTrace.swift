/// What one failed session did, step by step. Routes are patterns, and neither bodies nor values are kept, so that it
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

        package init(
            offsetMicros: Int64,
            durationMicros: Int64,
            what: String,
            status: Int? = nil,
            error: String? = nil,
            attempts: Int = 1
        ) {
            self.offsetMicros = offsetMicros
            self.durationMicros = durationMicros
            self.what = what
            self.status = status
            self.error = error
            self.attempts = attempts
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

/// How many failed sessions are still told in full, so that a broken target does not fill a store.
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
