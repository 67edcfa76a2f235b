import ApeMetrics
import ApeWire

/// The agents of one simulated worker, with the books that a real one keeps.
struct SimulatedPool: Sendable {
    let recorder: WindowRecorder
    var agents: [Int: SimulatedAgent] = [:]
    var wanted = AgentRanges()
    /// The revision, and the order of the shell, that waits for agents to stop.
    var unsettled: (revision: Int, order: Int)?
    /// The order of the shell that waits for all of them to.
    var draining: Int?
    /// Whether a hold that is over is owed answers, and its worker has yet to tell that they are there.
    var isOwed = false

    init(at local: Int64) {
        recorder = WindowRecorder(at: local)
    }

    /// Whether the last answer that a hold was owed has come; once.
    mutating func takeAnswered() -> Bool {
        guard isOwed, recorder.owingAgents.isEmpty else { return false }
        isOwed = false
        return true
    }
}
