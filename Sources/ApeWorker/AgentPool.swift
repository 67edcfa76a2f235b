import ApeAgent
import ApeTransfer

/// The agents that run on this worker: it brings them to what is wanted, and knows when that is so.
///
/// It belongs to the worker's loop, which alone touches it.
struct AgentPool {
    /// Sessions of an agent are numbered from revision x 2^20, so that an agent that moves does not repeat what it did.
    private static let sessionsPerRevision = 1 << 20

    private let lanes: [Lane]
    /// Told, on any thread, that an agent's task has come to its end.
    private let ended: @Sendable (_ agent: Int) async -> Void
    private var running: [Int: Running] = [:]
    private var wanted: Set<Int> = []
    private var schedule = StartSchedule(rampMicros: 0..<0, fleetAgents: 1)
    private var revision = 0
    private var stopping = 0

    /// A reactor and the runner of the agents on it.
    struct Lane: Sendable {
        var reactor: Reactor
        var runner: AgentRunner
    }

    private struct Running {
        var control: AgentControl
        var task: Task<Int, Never>
        var isStopping = false
    }

    init(lanes: [Lane], ended: @escaping @Sendable (_ agent: Int) async -> Void) {
        self.lanes = lanes
        self.ended = ended
    }

    /// Whether no agent runs that is not wanted any more.
    var isSettled: Bool { stopping == 0 }
    var isEmpty: Bool { running.isEmpty }

    /// Starts and stops agents towards just these.
    ///
    /// - Parameters:
    ///   - agents: the agents that are to run.
    ///   - owing: agents that still owe an answer to a hold that is over: they end once it has come.
    ///   - revision: the assignment's.
    ///   - schedule: when agents that are new here start.
    mutating func apply(
        agents: some Sequence<Int>,
        owing: Set<Int>,
        revision: Int,
        schedule: StartSchedule
    ) {
        wanted = Set(agents)
        self.revision = revision
        self.schedule = schedule
        for agent in running.keys where !wanted.contains(agent) {
            if owing.contains(agent) { finish(agent) } else { stop(agent) }
        }
        start(wanted.filter { running[$0] == nil }.sorted())
        // Those that wait for a session to arrive may have another to wait for.
        for running in running.values { running.control.wake() }
    }

    /// Lets every agent finish its request and end.
    mutating func stopAll() {
        wanted = []
        for agent in running.keys { stop(agent) }
    }

    /// Cuts some agents off at once, which nobody waits for any more.
    mutating func cancel(_ agents: [Int]) {
        for agent in agents {
            stop(agent)
            running[agent]?.task.cancel()
        }
    }

    /// Cuts everything off at once.
    mutating func cancelAll() {
        stopAll()
        for running in running.values { running.task.cancel() }
    }

    /// Takes note that an agent has ended; it starts again at once if it has been given back meanwhile.
    mutating func agentEnded(_ agent: Int) {
        if running.removeValue(forKey: agent)?.isStopping == true { stopping -= 1 }
        if wanted.contains(agent) { start([agent]) }
    }

    private mutating func stop(_ agent: Int) {
        note(agent)
        running[agent]?.control.stop()
    }

    private mutating func finish(_ agent: Int) {
        note(agent)
        running[agent]?.control.finish()
    }

    /// Takes note that an agent is to end.
    private mutating func note(_ agent: Int) {
        guard running[agent]?.isStopping == false else { return }
        running[agent]?.isStopping = true
        stopping += 1
    }

    private mutating func start(_ agents: [Int]) {
        let now = MonotonicClock.nowMicros
        for (index, agent) in agents.enumerated() {
            let start = schedule.start(of: agent, index: index, of: agents.count, nowMicros: now)
            let firstSession = revision * Self.sessionsPerRevision
            let (lane, ended, control) = (lanes[agent % lanes.count], ended, AgentControl())
            let task = lane.runner.start(
                agent: agent,
                firstSession: firstSession,
                startMicros: start,
                control: control,
                on: lane.reactor,
                onEnd: { await ended(agent) }
            )
            running[agent] = Running(control: control, task: task)
        }
    }
}
