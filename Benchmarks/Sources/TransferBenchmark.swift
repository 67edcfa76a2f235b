import ApeTransfer

/// What a kept-alive request costs this process in CPU time, and what its agents cost in memory.
enum TransferBenchmark {
    static let usage = "ape-bench transfer URL AGENTS ROUNDS THINK_MICROS get|stream [http1|http2 CA_FILE]"

    /// Measures and prints; false where the arguments are not those of ``usage``.
    static func run(_ arguments: [String]) async -> Bool {
        guard arguments.count == 5 || arguments.count == 7, let agents = Int(arguments[1]),
            let rounds = Int(arguments[2]),
            let think = Int64(arguments[3]), ["get", "stream"].contains(arguments[4]), agents > 0
        else { return false }
        var workload = Workload(
            url: arguments[0],
            agents: agents,
            rounds: rounds,
            thinkMicros: think,
            isStreamed: arguments[4] == "stream"
        )
        if arguments.count == 7 {
            guard ["http1", "http2"].contains(arguments[5]) else { return false }
            workload.httpVersion = arguments[5] == "http1" ? .http1 : .automatic
            workload.caFile = arguments[6]
        }
        let isEncrypted = workload.caFile != nil
        await measure(workload, kind: arguments[4] + (isEncrypted ? "-tls-\(arguments[5])" : ""))
        return true
    }

    private static func measure(_ workload: Workload, kind: String) async {
        let idle = Usage.now
        let reactor = Reactor(name: "ape-bench")
        let line = StartLine(expected: workload.agents)
        let tally = await withTaskGroup(of: Tally.self) { group in
            for _ in 0..<workload.agents {
                group.addTask(executorPreference: reactor) { await runAgent(workload, on: reactor, from: line) }
            }
            return await group.reduce(into: Tally()) { sum, part in
                sum.requests += part.requests
                sum.reused += part.reused
                sum.errors += part.errors
                sum.firstByteMicros += part.firstByteMicros
            }
        }
        let end = Usage.now
        let seconds = Double(MonotonicClock.nowMicros - line.startMicros) / 1e6
        reactor.shutdown()
        let waits = tally.firstByteMicros.sorted()
        let p99 = waits.isEmpty ? 0 : waits[waits.count * 99 / 100]
        let cpu = Double(end.cpuMicros - line.usage.cpuMicros) / Double(max(1, tally.requests))
        let figures = [
            "agents=\(workload.agents)", "kind=\(kind)", "think_us=\(workload.thinkMicros)",
            "requests=\(tally.requests)", "reused=\(tally.reused)", "errors=\(tally.errors)",
            "cpu_us_per_request=\((cpu * 10).rounded() / 10)",
            "requests_per_s=\(Int(Double(tally.requests) / seconds))", "first_byte_p99_us=\(p99)",
            "memory_mb=\(end.residentKilobytes / 1_024)",
            "memory_kb_per_agent=\((end.residentKilobytes - idle.residentKilobytes) / workload.agents)",
        ]
        print(figures.joined(separator: " "))
    }
}
