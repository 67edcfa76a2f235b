import ApeCore
import Testing

extension IntegrationTests.Operated {
    /// The contract is real: who has only `docs/protocol.md` can write a worker.
    @Suite(.timeLimit(.minutes(2)))
    struct PythonWorker {
        @Test func aWorkerThatIsNotOursDoesItsShare() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let ((), coordinator) = try await LocalCoordinator.run(
                        scenario: Self.scenario(demo),
                        workers: 2,
                        in: scratch
                    ) { coordinator in
                        let words = [coordinator.host, coordinator.port, coordinator.tokenPath, "by-hand"]
                        try await ProcessHarness.with(coordinator.worker("ours"), in: scratch) { _ in
                            let python = Reference.python("worker.py", words)
                            let (_, foreign) = try await ProcessHarness.supervise(python, in: scratch) { _ in
                                try await coordinator.untilVerdict()
                            }
                            #expect(foreign.exitCode == 0, "\(foreign.errors)")
                        }
                    }
                    #expect(coordinator.exitCode == 0, "\(coordinator.errors)")
                    let report = try Report(scratch.file("report.json"))
                    try await report.expectSound(in: scratch)
                    try checkShares(report)
                    // Every request that the target saw stands in the report, whoever made it.
                    let counted = try await demo.shopStats(in: scratch)["total"]?.integer
                    #expect(counted == report.count("target_requests"))
                }
            }
        }

        private func checkShares(_ report: Report) throws {
            #expect(Set(report.workers.keys) == ["ours", "by-hand"])
            let foreign = try #require(report.workers["by-hand"])
            #expect(foreign["peak_agents"]?.integer == 10)
            let books = try #require(report.books["by-hand"])
            #expect((books["windows"]?["received"]?.integer ?? 0) >= 10)
            #expect(books["windows"]?["duplicate"]?.integer == 0)
            #expect((books["expected_seconds"]?.integer ?? 0) >= 10)
            #expect(report.missing.isEmpty)
            let actions = report.workers.values.compactMap { $0["actions"]?.integer }
            #expect(actions.count == 2 && actions.allSatisfy { $0 > 50 })
            #expect(actions.reduce(0, +) == report.count("actions"))
            let sessions = report.workers.values.compactMap { $0["completed_sessions"]?.integer }
            #expect(sessions.reduce(0, +) == report.count("sessions_succeeded"))
            #expect(report.count("sessions_started") == sessions.reduce(0, +) + report.count("sessions_unfinished"))
            // All of its agents were held, or the stage would have fallen short.
            #expect(report.validation["scaling_validation"]?["max_achieved_agents"]?.integer == 20)
            #expect(report.status(.mtbaThreshold) == "PASS")
        }

        private static func scenario(_ demo: Demo) -> String {
            """
            name: look
            targets: {shop: "\(demo.shop)"}
            goals:
              look:
                script: [GET /api/products, GET /api/products?category=audio]
                success: [{answer: GET /api/products, status: 200}]
            pacing: {think: 50ms}
            kpi_targets: {successful_stateful_sessions: 0}

            """ + Example.plan(agents: 20, holdSeconds: 8)
        }
    }
}
