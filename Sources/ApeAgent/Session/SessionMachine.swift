import ApeCore
import ApeInference
import ApeMetrics

/// Decides what one session does next: pure, it neither waits nor sends.
///
/// ``next(at:)`` names the next step; the shell takes it and reports back with ``decided(_:)`` or
/// ``answered(_:_:)``. The session ends
/// - as soon as every check holds, where no check is a verification;
/// - when the model calls `finish`, its steps run out, or it makes three invalid calls in a row: then the
///   verifications are made, if the checks on answers hold, and the checks decide, not the model;
/// - at once when its time runs out or a decision fails.
struct SessionMachine: Sendable {
    /// Invalid calls in a row that end a session.
    static let maximumInvalidCalls = 3

    enum Step {
        case think(micros: Int64)
        /// Ask the model.
        case decide(DialogueRequest)
        case send(PlannedRequest)
        case end(SessionOutcome)
    }

    /// What the session does when nothing is pending.
    enum Phase {
        case working
        /// Looking for the next verification from this check on.
        case verifying(from: Int)
        case ended(SessionOutcome)
    }

    let scenario: PreparedScenario
    let goal: PreparedGoal
    let deadlineMicros: Int64
    var random: SeededRandom
    var state: SessionState
    /// What is said with the model; nil for a script.
    var conversation: Conversation?
    var evaluator: SuccessCheckEvaluator
    var phase = Phase.working
    /// Calls of the last answer that are still to be made, and the model's turn that they belong to.
    var pending: ArraySlice<ToolCall> = []
    /// The call that is out.
    var openCall: ToolCall?
    var steps = 0
    var actions = 0
    var repeated = RepeatedRequests()
    var spent = TimeSpent()
    /// Whether a request that may change something was answered well.
    var hasActed = false
    var invalidCallsInRow = 0
    /// Simulation errors that the shell has not counted yet.
    var newInvalidCalls: [ApeError] = []
    var hasThought = true
    /// Whether the conversation was shortened because the endpoint found it too long, and no answer has come since.
    var hasShortened = false
    /// How the latest answer ended, and its tokens where the endpoint tells.
    var latestAnswer: (ending: AnswerEnding, tokens: Int64?)?
    var isStateful = false
    /// What the session fails of unless its checks hold.
    var ending: SessionFailure?
    /// Why a cookie was not sent or not kept, in words, which may be what the session fails of.
    var cookieTrouble: String?
    /// Target failures by route, in the order in which they came, until the route answers well again.
    var troubles: [(route: String, failure: SessionFailure)] = []

    /// The first step that does not lead to another at once.
    mutating func next(at now: Int64) -> Step {
        while true {
            switch phase {
            case .ended(let outcome): return .end(outcome)
            case .verifying(let index):
                if let step = nextVerification(from: index) { return step }
            case .working:
                if evaluator.allHold {
                    phase = .ended(SessionOutcome(failure: nil, isStateful: isSessionStateful))
                } else if now >= deadlineMicros {
                    endByTime()
                } else if let call = pending.popFirst() {
                    if let step = take(call) { return step }
                } else if let step = nextStep(at: now) {
                    return step
                }
            }
        }
    }

    /// The next decision or script step.
    private mutating func nextStep(at now: Int64) -> Step? {
        if case .script(let script) = goal.mode, steps >= script.count {
            conclude(nil)
            return nil
        }
        guard steps < goal.goal.maxSteps else {
            conclude(outOfSteps)
            return nil
        }
        if !hasThought {
            hasThought = true
            let think = random.micros(in: scenario.scenario.pacing.thinkMicros)
            if think > 0 {
                spent.thinkMicros += min(think, deadlineMicros - now)
                return .think(micros: min(think, deadlineMicros - now))
            }
        }
        hasThought = false
        steps += 1
        switch goal.mode {
        case .prompt:
            let known = state
            guard let request = conversation?.request(known: { SystemPrompt.known(known) }) else { return nil }
            return .decide(request)
        case .script(let script): return send(script[steps - 1])
        }
    }

    private mutating func send(_ step: PreparedGoal.Step) -> Step? {
        do throws(ApeError) {
            return .send(
                try scenario.builder.build(step.draft, state: state, seeksCopies: !isStateful) { _, _ in
                    step.expectStatus
                }
            )
        } catch {
            conclude(
                SessionFailure(
                    reason: .missingValue(actions == 0 ? .simulation : .target),
                    message: "step \(steps) cannot be sent: \(error.message)",
                    route: "\(step.draft.method) \(step.draft.path)"
                )
            )
            return nil
        }
    }

    /// Ends the work: the checks decide, and `failure` is what the session fails of if they do not hold.
    mutating func conclude(_ failure: SessionFailure?) {
        ending = failure
        pending = []
        phase = .verifying(from: 0)
    }

    var isSessionStateful: Bool { isStateful && actions >= 2 }
}
