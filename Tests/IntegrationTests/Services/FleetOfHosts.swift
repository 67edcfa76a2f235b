import ApeCore

/// A coordinator, workers, and a demo as the target, each on a host of its own, sharing a token.
struct FleetOfHosts {
    /// The agents of the one stage: a multiple of two and of three, so that they split evenly either way.
    static let agents = 30

    let hosts: NetworkNamespaces
    let workers: [String]
    private let token: String

    /// What a run left behind.
    struct Outcome: Sendable {
        let coordinator: FinishedProgram
        let reportPath: String
    }

    /// A fleet in the middle of a run.
    struct Running {
        let hosts: NetworkNamespaces
        fileprivate let fleet: FleetOfHosts
        fileprivate let coordinator: RunningProgram
        fileprivate let workers: [String: RunningProgram]

        func worker(_ name: String) throws -> RunningProgram {
            guard let worker = workers[name] else { throw HarnessError("no worker \(name)") }
            return worker
        }

        /// Returns once every worker's load is at the target.
        func untilRequestsArrive(in scratch: Scratch) async throws {
            _ = try await coordinator.wait(for: "requests at the shop") {
                try await fleet.shopTotal(in: scratch) > Int64(FleetOfHosts.agents) ? true : nil
            }
        }
    }

    private static let shopPort = 8080
    private static let inferencePort = 8081
    private static let controlPort = 9464

    /// Runs `body` with the hosts up, on a bridge or on a bad network, and the demo running on its own.
    static func with<Value: Sendable>(
        workers: [String],
        on wire: NetworkNamespaces.BadWire? = nil,
        in scratch: Scratch,
        _ body: (FleetOfHosts) async throws -> Value
    ) async throws -> Value {
        let names = ["control", "target"] + workers
        let token = try scratch.write("token", "a-secret-of-the-integration-tests\n")
        func onHosts(_ hosts: NetworkNamespaces) async throws -> Value {
            let target = try hosts.address("target")
            let fleet = FleetOfHosts(hosts: hosts, workers: workers, token: token)
            let listen = ["--shop-listen", "\(target):\(shopPort)", "--inference-listen", "\(target):\(inferencePort)"]
            var demo = try Invocation.ape("ape-test", ["demo", "--public"] + listen + Demo.quick)
            demo.namespace = hosts.namespace("target")
            return try await ProcessHarness.with(demo, in: scratch) { program in
                _ = try await program.wait(for: "its first answer") { try? await fleet.shopTotal(in: scratch) }
                return try await body(fleet)
            }
        }
        guard let wire else { return try await NetworkNamespaces.with(names, in: scratch, onHosts) }
        return try await NetworkNamespaces.with(names, on: wire, in: scratch, onHosts)
    }

    /// Runs one stage of ``agents`` agents to its verdict, on the demo unless another scenario is given; `body` runs
    /// beside it.
    func run(
        scenario: String? = nil,
        holdSeconds: Int,
        in scratch: Scratch,
        _ body: (Running) async throws -> Void
    ) async throws -> Outcome {
        let coordinator = try self.coordinator(
            scenario: scenario,
            workers: workers.count,
            holdSeconds: holdSeconds,
            in: scratch
        )
        let (_, finished) = try await ProcessHarness.supervise(coordinator, in: scratch) { program in
            try await withWorkers(workers[...], started: [:], in: scratch) { started in
                try await body(Running(hosts: hosts, fleet: self, coordinator: program, workers: started))
                try await Wait.until("the coordinator's verdict", limit: .seconds(120)) {
                    LiveProcesses.isGone(program.pid) ? true : nil
                }
            }
        }
        return Outcome(coordinator: finished, reportPath: Self.reportPath(in: scratch))
    }

    static func reportPath(in scratch: Scratch) -> String { scratch.file("report.json") }

    /// The coordinator of ``run(scenario:holdSeconds:in:_:)``, on its host.
    func coordinator(
        scenario: String? = nil,
        workers: Int,
        holdSeconds: Int,
        flags: [String] = [],
        in scratch: Scratch
    ) throws -> Invocation {
        let shop = "http://\(try hosts.address("target")):\(Self.shopPort)"
        let demo = Demo(shop: shop, inference: "http://\(try hosts.address("target")):\(Self.inferencePort)/v1")
        let plan = Example.plan(agents: Self.agents, holdSeconds: holdSeconds)
        let text = try scenario.map { $0 + plan } ?? Example.shop(demo, agents: Self.agents, holdSeconds: holdSeconds)
        let scenario = try scratch.write("scenario.yml", text)
        var coordinator = try Invocation.ape(
            "ape-coordinator",
            [
                "run", "--scenario", scenario, "--workers", "\(workers)", "--wait", "30s",
                "--listen", "\(try hosts.address("control")):\(Self.controlPort)", "--token-file", token, "--insecure",
                "--output", Self.reportPath(in: scratch), "--results", scratch.file("results"),
            ] + flags
        )
        coordinator.namespace = hosts.namespace("control")
        return coordinator
    }

    /// A worker on its host, which has its name.
    func worker(_ name: String) throws -> Invocation {
        let control = "\(try hosts.address("control")):\(Self.controlPort)"
        var worker = try Invocation.ape(
            "ape-worker",
            [
                "--coordinator", control, "--token-file", token, "--insecure", "--once", "--name", name,
                "--allow-target", try hosts.address("target"),
            ]
        )
        worker.namespace = hosts.namespace(name)
        return worker
    }

    /// Starts the workers one inside the other, so that each is ended in its turn.
    private func withWorkers(
        _ rest: ArraySlice<String>,
        started: [String: RunningProgram],
        in scratch: Scratch,
        _ body: ([String: RunningProgram]) async throws -> Void
    ) async throws {
        guard let name = rest.first else { return try await body(started) }
        let worker = try self.worker(name)
        try await ProcessHarness.with(worker, in: scratch) { program in
            try await withWorkers(rest.dropFirst(), started: started.merging([name: program]) { $1 }, in: scratch, body)
        }
    }

    /// How many requests the shop has counted.
    func shopTotal(in scratch: Scratch) async throws -> Int64 {
        let url = "http://\(try hosts.address("target")):\(Self.shopPort)/demo/stats"
        let stats = try await Fetch.json(url, from: hosts.namespace("target"), in: scratch)
        return stats["total"]?.integer ?? 0
    }
}
