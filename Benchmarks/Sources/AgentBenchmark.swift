import ApeAgent
import ApeCore
import ApeMetrics
import ApeTransfer

/// What a step of an agent costs this process in CPU time, a streamed decision and an action together, and what its
/// agents cost in memory.
enum AgentBenchmark {
    static let usage = "ape-bench agent INFERENCE_URL TARGET_URL AGENTS SECONDS THINK_MICROS"
    /// Before what is measured: connections are opened and caches filled.
    private static let warmupMicros: Int64 = 3_000_000

    /// Measures and prints; false where the arguments are not those of ``usage``.
    static func run(_ arguments: [String]) async throws -> Bool {
        guard arguments.count == 5, let agents = Int(arguments[2]), let seconds = Int64(arguments[3]),
            let think = Int64(arguments[4]), agents > 0
        else { return false }
        let idle = Usage.now
        let reactor = Reactor(name: "ape-bench")
        let recorder = WindowRecorder(at: MonotonicClock.nowMicros)
        let control = AgentControl()
        let runner = try AgentRunner(
            scenario: scenario(inference: arguments[0], target: arguments[1], thinkMicros: think),
            run: "bench",
            seed: 1,
            recorder: recorder,
            reactor: reactor,
            apiKey: nil,
            transferGate: nil,
            onEvent: { _ in }
        )
        await withTaskGroup(of: Void.self) { group in
            let now = MonotonicClock.nowMicros
            for agent in 0..<agents {
                let start = now + Int64(agent) * 1_000_000 / Int64(agents)
                group.addTask(executorPreference: reactor) {
                    await runner.run(agent: agent, firstSession: 0, startMicros: start, control: control)
                }
            }
            try? await Task.sleep(nanoseconds: UInt64(warmupMicros) * 1000)
            _ = cut(recorder)
            _ = reactor.takeLoopLag()
            let before = Usage.now
            try? await Task.sleep(nanoseconds: UInt64(seconds) * 1_000_000_000)
            let after = Usage.now
            report(cut(recorder), agents, think, idle, before, after, lagMicros: reactor.takeLoopLag().p99Micros)
            control.stop()
        }
        reactor.shutdown()
        return true
    }

    /// What has been measured since the last cut.
    private static func cut(_ recorder: WindowRecorder) -> WindowTally {
        let place = WindowPlace(stage: 0, revision: 1, phase: .hold, startMicros: 0, endMicros: 1_000_000)
        return recorder.cut(as: place, at: MonotonicClock.nowMicros).tally
    }

    private static func report(
        _ tally: WindowTally,
        _ agents: Int,
        _ think: Int64,
        _ idle: Usage,
        _ before: Usage,
        _ after: Usage,
        lagMicros: Int64
    ) {
        let actions = tally.counters.filter { $0.key.isOf(.actions) }.values.reduce(0, +)
        let failed = tally.counters.filter { $0.key.isOf(.sessionsFailed) }
        let cpu = Double(after.cpuMicros - before.cpuMicros)
        let figures = [
            "agents=\(agents)", "think_us=\(think)", "decisions=\(tally.counters[.decisions] ?? 0)",
            "actions=\(actions)", "cpu_us_per_step=\((cpu / Double(max(1, actions)) * 10).rounded() / 10)",
            "loop_lag_p99_us=\(lagMicros)",
            "overhead_p99_us=\(tally.series[.overhead]?.percentile(99) ?? 0)",
            "memory_mb=\(after.residentKilobytes / 1024)",
            "memory_kb_per_agent=\((after.residentKilobytes - idle.residentKilobytes) / agents)",
            "sessions=\(failed.map { "\($0.key.rawValue)=\($0.value)" })",
        ]
        print(figures.joined(separator: " "))
    }

    /// Sessions of twenty steps that never reach their goal, as the model always asks for the same.
    private static func scenario(inference: String, target: String, thinkMicros: Int64) -> Scenario {
        var shop = Scenario.Target(name: "shop", baseURL: target)
        shop.endpoints = [
            Scenario.Endpoint(method: "GET", path: "/api/products", summary: "List products. Query: category?"),
            Scenario.Endpoint(method: "GET", path: "/api/products/{id}", summary: "One product."),
            Scenario.Endpoint(method: "POST", path: "/api/login", summary: "Body: username, password."),
            Scenario.Endpoint(method: "POST", path: "/api/checkout", summary: "Order what is in the cart."),
        ]
        var goal = Goal(name: "look", mode: .prompt("Look at the products. You are {{username}}."))
        goal.data = [["username": "user-{{agent}}", "password": "demo"]]
        var check = SuccessCheck(name: "paid", subject: .anyAnswer, method: "POST", path: "/api/checkout")
        check.status = StatusPattern("201")
        goal.success = [check]
        var scenario = Scenario(
            name: "bench",
            targets: [shop],
            inference: Scenario.Inference(baseURL: inference, model: "m"),
            goals: [goal]
        )
        scenario.pacing.thinkMicros = thinkMicros...thinkMicros
        return scenario
    }
}
