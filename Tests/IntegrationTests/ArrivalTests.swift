import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Measured {
    /// Sessions that arrive at a rate, over real workers.
    @Suite(.timeLimit(.minutes(3)))
    struct ArrivalRuns {
        private static let hold = 28

        private static func scenario(_ demo: Demo) -> String {
            """
            name: arrivals
            targets: {shop: "\(demo.shop)"}
            goals:
              look:
                script: [GET /api/products]
                success: [{answer: GET /api/products, status: 200}]
            plan: [{agents: 60, sessions: 40/s, pattern: even, ramp: 1s, warmup: 1s, hold: \(hold)s}]

            """
        }

        /// Runs two workers, of which one is killed in mid-hold where that is asked for.
        private func run(
            killing: Bool,
            in scratch: Scratch
        ) async throws -> (report: Report, finished: FinishedProgram) {
            try await Demo.with(in: scratch) { demo in
                let (_, finished) = try await LocalCoordinator.run(
                    scenario: Self.scenario(demo),
                    workers: 2,
                    in: scratch
                ) { coordinator in
                    try await ProcessHarness.with(coordinator.worker("stays"), in: scratch) { _ in
                        if killing {
                            _ = try await ProcessHarness.supervise(coordinator.worker("goes"), in: scratch) { program in
                                let begun: Int64 = 200
                                _ = try await coordinator.program.wait(for: "a hold", limit: .seconds(60)) {
                                    try await demo.shopStats(in: scratch)["total"]?.integer ?? 0 > begun ? true : nil
                                }
                                try program.send(.kill)
                            }
                            try await coordinator.untilVerdict()
                        } else {
                            try await ProcessHarness.with(coordinator.worker("stays too"), in: scratch) { _ in
                                try await coordinator.untilVerdict()
                            }
                        }
                    }
                }
                let report = try Report(scratch.file("report.json"))
                try await report.expectSound(in: scratch)
                return (report, finished)
            }
        }

        @Test func theRateIsReachedAndSessionsAreOnTime() async throws {
            try await Scratch.with { scratch in
                let (report, finished) = try await run(killing: false, in: scratch)
                #expect(finished.exitCode == 0, "\(finished.output) \(finished.errors)")
                let arrivals = try #require(report.validation["stages"]?[0]?["arrivals"])
                let due = Int64(40 * Self.hold)
                #expect(arrivals["due"]?.integer == due)
                #expect(abs((arrivals["reached_per_second"]?.number ?? 0) - 40) < 0.4)
                #expect((arrivals["late_percent"]?.number ?? 100) < 1)
                // Sessions count where they end: one that began in the last moment ends behind the hold.
                let (succeeded, started) = (report.count("sessions_succeeded"), report.count("sessions_started"))
                #expect(abs(succeeded - started) <= 5, "\(succeeded) of \(started)")
            }
        }

        @Test func aKilledWorkersSessionsAreMadeUpForAndTheOutageIsNamed() async throws {
            try await Scratch.with { scratch in
                let (report, finished) = try await run(killing: true, in: scratch)
                #expect(finished.exitCode == 3, "\(finished.output) \(finished.errors)")
                #expect(
                    report.reassignments.contains { $0["from"]?.string == "goes" && $0["reason"]?.string == "lost" }
                )
                let arrivals = try #require(report.validation["stages"]?[0]?["arrivals"])
                // A second of the killed worker's may be missing, in which it had 20.
                let due = Int64(40 * Self.hold)
                #expect((due - 20...due).contains(arrivals["due"]?.integer ?? 0))
                #expect((due - 40...due).contains(arrivals["started"]?.integer ?? 0))
                #expect((arrivals["late"]?.integer ?? 0) > 100)
                #expect((arrivals["lateness"]?["max_seconds"]?.number ?? 0) > 5)
                #expect(report.validation["stages"]?[0]?["status"]?.string == "INCONCLUSIVE")
            }
        }
    }
}
