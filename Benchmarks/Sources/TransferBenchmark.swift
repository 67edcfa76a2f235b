import ApeCore
import ApeTransfer

/// What a kept-alive request costs this process in CPU time, and what its agents cost in memory.
struct TransferBenchmark {
    private let workload: Workload

    /// - Throws: ``BenchmarkFault`` for settings that are missing or cannot be.
    init(_ settings: Settings) throws(BenchmarkFault) {
        workload = try Workload(settings)
    }

    /// Measures.
    ///
    /// - Returns: the figures.
    /// - Throws: ``BenchmarkFault`` where an answer was not the served one, or a figure cannot be read.
    func measure() async throws(BenchmarkFault) -> JSONValue {
        try Descriptors.allow(connections: workload.agents)
        let meter = try UsageMeter()
        let idle = try meter.now
        let reactor = Reactor(name: "ape-bench")
        let line = StartLine(expected: workload.agents, meter: meter)
        let tally = await withTaskGroup(of: Tally.self) { [workload] group in
            for _ in 0..<workload.agents {
                group.addTask(executorPreference: reactor) { await runAgent(workload, on: reactor, from: line) }
            }
            return await group.reduce(into: Tally()) { $0.add($1) }
        }
        let end = try meter.now
        reactor.shutdown()
        if let fault = tally.fault { throw BenchmarkFault(fault) }
        guard tally.reused == tally.requests, let begin = try line.usage?.get() else {
            throw BenchmarkFault("of \(tally.requests) requests only \(tally.reused) went over a kept-alive connection")
        }
        let cpu = Double(end.cpuMicros - begin.cpuMicros) / Double(tally.requests)
        return [
            "agents": .integer(Int64(workload.agents)), "requests": .integer(Int64(tally.requests)),
            "cpu_us_per_request": .tenths(cpu),
            "memory_kb_per_agent": .tenths(
                Double(end.residentBytes - idle.residentBytes) / 1024 / Double(workload.agents)
            ),
        ]
    }
}
