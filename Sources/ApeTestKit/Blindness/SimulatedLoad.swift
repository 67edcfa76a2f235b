import ApeCore
import ApeMetrics

/// Whom the agents of a simulated fleet ask, and how they go about it.
package struct SimulatedLoad: Sendable {
    package var target: SimulatedService
    package var inference: SimulatedService
    /// Actions of a session; each follows a decision.
    var actions = 3
    /// Whether the harness asks the target in the end whether the goal is reached.
    var verifies = true
    var thinkMicros: ClosedRange<Int64> = 0...0
    var pauseMicros: ClosedRange<Int64> = 0...0
    package var requestTimeoutMicros: Int64 = 30_000_000
    package var sessionTimeoutMicros: Int64 = 120_000_000

    static let goal = "buy"
    /// Of the actions in turn.
    static let routes = ["GET /products", "POST /cart", "POST /order"]
    static let verificationRoute = "GET /orders"
    /// Attempts at a decision, and at a request that is asked to be patient.
    static let attempts = 3
    /// Before a further attempt, and after a session that reached nothing; it doubles.
    static let backOffMicros: Int64 = 250_000
    static let longestBackOffMicros: Int64 = 5_000_000

    /// Both services, by the party that each is.
    package subscript(_ party: Party) -> SimulatedService {
        get { party == .target ? target : inference }
        set { if party == .target { target = newValue } else { inference = newValue } }
    }
}

/// What an agent waits for.
struct SimulatedWait: Sendable {
    enum Kind: Sendable, Equatable {
        case decision
        case action(route: String)
        case verification(route: String)

        var party: Party { self == .decision ? .inference : .target }
    }

    var kind: Kind
    /// By the worker's clock, as all here.
    var startedMicros: Int64
    var attemptMicros: Int64
    var firstTokenMicros: Int64?
    var reply = SimulatedService.Reply(kind: .none)
    /// When the attempt that runs is over, by true time.
    var endMicros: Int64 = 0
    /// Attempts that failed.
    var faults: [Fault] = []
    /// Whether the attempt that runs has begun, and not ended.
    var isOut = true

    struct Fault: Sendable {
        var fault: AttemptFault
        /// The answer's, where it is what failed.
        var status: String?
        /// nil where nothing was waited for.
        var waitedMicros: Int64?
    }
}

/// One simulated agent on a worker: its real books, and what it does next.
struct SimulatedAgent: Sendable {
    enum Next: Sendable {
        case start
        /// It waits this long before its next session, since nothing can be reached.
        case backOff(Int64)
        case session
        case decision
        case firstToken
        case end
        case attempt
    }

    let number: Int
    let scheduledMicros: Int64
    /// Where its books are; nil before its start.
    var slot: WindowRecorder.Slot?
    var next = Next.start
    /// Tells the moment that counts from those that are void.
    var serial = 0
    var wait: SimulatedWait?
    var sessionMicros: Int64?
    var action = 0
    var unreachableInRow = 0
    var isStopping = false
    /// It ends as soon as it owes no answer.
    var isFinishing = false
    /// How long this session has waited for each party.
    var waited: [Party: Int64] = [:]
}
