import ApeAgent
import ApeCore
import ApeMetrics
import ApeTransfer

/// What a step of an agent costs this process in CPU time, a streamed decision and an action together, and what its
/// agents cost in memory.
struct AgentBenchmark {
    private let load: AgentLoad
    /// How long is measured at least.
    private let seconds: Int64
    /// Memory is read when the agents have made so many steps each; 0 for the end.
    private let memorySteps: Int

    /// - Throws: ``BenchmarkFault`` for settings that are missing or cannot be.
    init(_ settings: Settings) throws(BenchmarkFault) {
        load = try AgentLoad(settings)
        seconds = Int64(try settings.number("seconds", in: 1...600, usual: 4))
        memorySteps = try settings.number("memory_steps", in: 0...1_000, usual: 0)
    }

    /// Measures.
    ///
    /// - Returns: the figures.
    /// - Throws: ``BenchmarkFault`` where a session failed, no step was made, or a figure cannot be read.
    func measure() async throws -> JSONValue {
        try Descriptors.allow(connections: 2 * load.agents)
        let meter = try UsageMeter()
        let idle = try meter.now
        let reactor = Reactor(name: "ape-bench")
        let fleet = try AgentFleet(load, on: reactor)
        let agents = fleet.start()
        let figures = await attempt(fleet, meter, idle)
        fleet.stop()
        for agent in agents { _ = await agent.value }
        reactor.shutdown()
        return try figures.get()
    }

    private func attempt(
        _ fleet: AgentFleet,
        _ meter: UsageMeter,
        _ idle: Usage
    ) async -> Result<JSONValue, BenchmarkFault> {
        do throws(BenchmarkFault) {
            if load.sessions > 0 { return .success(try await fixed(fleet)) }
            if memorySteps > 0 { return .success(try await memory(fleet, meter, idle)) }
            return .success(try await timed(fleet, meter, idle))
        } catch {
            return .failure(error)
        }
    }

    /// All sessions, from the first to the last.
    private func fixed(_ fleet: AgentFleet) async throws(BenchmarkFault) -> JSONValue {
        try await fleet.wait(forSteps: load.agents * load.sessions * load.steps)
        return ["steps": .integer(try fleet.check(fleet.cut()))]
    }

    /// Whole sessions of all agents after the first, which opens connections and fills caches.
    private func timed(
        _ fleet: AgentFleet,
        _ meter: UsageMeter,
        _ idle: Usage
    ) async throws(BenchmarkFault) -> JSONValue {
        let round = load.agents * load.steps
        try await fleet.wait(forSteps: round)
        _ = fleet.cut()
        _ = fleet.reactor.takeLoopLag()
        let before = try meter.now
        let start = MonotonicClock.nowMicros
        var rounds = 0
        while MonotonicClock.nowMicros < start + seconds * 1_000_000 {
            rounds += 1
            try await fleet.wait(forSteps: rounds * round)
        }
        let after = try meter.now
        return try figures(
            fleet,
            Usage(
                cpuMicros: after.cpuMicros - before.cpuMicros,
                residentBytes: after.residentBytes - idle.residentBytes
            )
        )
    }

    /// What the agents hold when their conversations have so many steps.
    private func memory(
        _ fleet: AgentFleet,
        _ meter: UsageMeter,
        _ idle: Usage
    ) async throws(BenchmarkFault) -> JSONValue {
        try await fleet.wait(forSteps: memorySteps * load.agents)
        let bytes = try meter.now.residentBytes - idle.residentBytes
        _ = try fleet.check(fleet.cut())
        return ["memory_kb_per_agent": memory(bytes)]
    }

    private func memory(_ bytes: Int) -> JSONValue { .tenths(Double(bytes) / 1024 / Double(load.agents)) }

    private func figures(_ fleet: AgentFleet, _ used: Usage) throws(BenchmarkFault) -> JSONValue {
        let tally = fleet.cut()
        let actions = try fleet.check(tally)
        func p99(_ name: SeriesName) -> JSONValue {
            (tally.series[name]?.percentile(99)).map(JSONValue.integer) ?? .null
        }
        return [
            "agents": .integer(Int64(load.agents)), "think_us": .integer(load.thinkMicros),
            "steps": .integer(actions), "sessions": .integer(tally.counters[.sessionsSucceeded] ?? 0),
            "memory_kb_per_agent": memory(used.residentBytes),
            "cpu_us_per_step": .tenths(Double(used.cpuMicros) / Double(actions)),
            "loop_lag_p99_us": .integer(fleet.reactor.takeLoopLag().p99Micros),
            "ttft_p99_us": p99(.ttft), "client_share_p99_us": p99(.clientShare), "overhead_p99_us": p99(.overhead),
        ]
    }
}
