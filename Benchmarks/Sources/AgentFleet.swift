import ApeAgent
import ApeCore
import ApeMetrics
import ApeTransfer
import Synchronization

/// Agents at work on one reactor.
struct AgentFleet: Sendable {
    /// Agents that do nothing for so long, in microseconds, have stopped.
    private static let patienceMicros: Int64 = 30_000_000

    let reactor: Reactor
    private let load: AgentLoad
    private let recorder = WindowRecorder(at: MonotonicClock.nowMicros)
    private let controls: [AgentControl]
    private let runner: AgentRunner
    private let failure = FirstFailure()

    /// - Throws: `ApeError` for what cannot be run.
    init(_ load: AgentLoad, on reactor: Reactor) throws {
        (self.load, self.reactor) = (load, reactor)
        controls = (0..<load.agents).map { _ in AgentControl() }
        let scenario = load.scenario
        let stock = RowStock(scenario) { _, _ in }
        for goal in scenario.goals where goal.pick == .once {
            stock.add(goal: goal.name, first: 0, rows: goal.inlineRows, isLast: true, areAllOut: true)
        }
        runner = try AgentRunner(
            scenario: scenario,
            run: "bench",
            seed: 1,
            recorder: recorder,
            reactor: reactor,
            apiKey: nil,
            transferGate: nil,
            stock: stock,
            onEvent: { [failure] in failure.see($0) }
        )
    }

    /// Sends the agents to work.
    ///
    /// - Returns: their tasks.
    func start() -> [Task<Int, Never>] {
        let now = MonotonicClock.nowMicros
        // Users who think begin at different moments, and go on so.
        let spread = max(1_000_000, load.thinkMicros)
        return controls.enumerated().map { agent, control in
            let start = now + Int64(agent) * spread / Int64(load.agents)
            return runner.start(agent: agent, startMicros: start, control: control, on: reactor)
        }
    }

    /// Ends the agents' tasks.
    func stop() {
        for control in controls { control.stop() }
    }

    /// What has been measured since the last cut.
    func cut() -> WindowTally {
        let place = WindowPlace(stage: 0, revision: 1, phase: .hold, startMicros: 0, endMicros: 1_000_000)
        return recorder.cut(as: place, at: MonotonicClock.nowMicros).tally
    }

    /// Returns once so many steps were made since the last cut.
    ///
    /// - Throws: ``BenchmarkFault`` where a session failed, or nothing happens any more.
    func wait(forSteps wanted: Int) async throws(BenchmarkFault) {
        var (seen, seenMicros) = (Int64(0), MonotonicClock.nowMicros)
        while seen < wanted {
            // Seldom where every instruction counts.
            try? await Task.sleep(nanoseconds: load.sessions > 0 ? 200_000_000 : 20_000_000)
            let (actions, failed) = recorder.counted
            if failed > 0 { throw failure.fault }
            if actions > seen { (seen, seenMicros) = (actions, MonotonicClock.nowMicros) }
            guard MonotonicClock.nowMicros - seenMicros < Self.patienceMicros else {
                throw BenchmarkFault("no step for 30 s: \(seen) of \(wanted) were made")
            }
        }
    }

    /// Whether what was measured is what was asked for.
    ///
    /// - Returns: the steps that were made.
    /// - Throws: ``BenchmarkFault`` for sessions that failed or were of another length.
    func check(_ tally: WindowTally) throws(BenchmarkFault) -> Int64 {
        guard tally.counters.allSatisfy({ !$0.key.isOf(.sessionsFailed) }) else { throw failure.fault }
        let actions = tally.actions
        guard tally.counters[.actions(.successful)] == actions else {
            let answers = tally.counters.filter { $0.key.isOf(.actions) }.map { "\($0.value) \($0.key.rawValue)" }
            throw BenchmarkFault("not every answer was of 2xx: \(answers.sorted().joined(separator: ", "))")
        }
        let sessions = tally.counters[.sessionsSucceeded] ?? 0
        // Those that were at work at the beginning and at the end.
        let open = load.sessions > 0 ? 0 : Int64(load.agents * load.steps)
        guard actions > 0, abs(actions - sessions * Int64(load.steps)) <= open else {
            throw BenchmarkFault("\(sessions) sessions took \(actions) steps, and \(load.steps) each were to be")
        }
        guard let decisions = tally.counters[.decisions], abs(decisions - actions) <= Int64(load.agents) else {
            throw BenchmarkFault("\(tally.counters[.decisions] ?? 0) decisions led to \(actions) steps")
        }
        return actions
    }
}

/// Why the first session failed that did.
private final class FirstFailure: Sendable {
    private let message = Mutex<String?>(nil)

    func see(_ event: WorkerEvent) {
        guard event.level == .warning else { return }
        message.withLock { $0 = $0 ?? "\(event.code): \(event.message)" }
    }

    var fault: BenchmarkFault { BenchmarkFault("a session failed: \(message.withLock { $0 } ?? "nobody says why")") }
}

extension WindowTally {
    /// Actions, however they ended.
    fileprivate var actions: Int64 { counters.reduce(0) { $1.key.isOf(.actions) ? $0 + $1.value : $0 } }
}

extension WindowRecorder {
    /// What the open window has so far.
    fileprivate var counted: (actions: Int64, failed: Int64) {
        var counted = (actions: Int64(0), failed: Int64(0))
        record { tally in
            counted.actions = tally.actions
            counted.failed = tally.counters.reduce(0) { $1.key.isOf(.sessionsFailed) ? $0 + $1.value : $0 }
        }
        return counted
    }
}
