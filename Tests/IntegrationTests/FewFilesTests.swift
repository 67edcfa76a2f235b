import ApeCore
import Foundation
import Testing

extension IntegrationTests.Operated {
    /// A worker that may not open a connection for each of its agents.
    @Suite(.timeLimit(.minutes(2)))
    struct FewFiles {
        /// A worker with as many files as it needs for itself, and a few more: libdispatch, which opens one a second,
        /// would end the process if connections took the last.
        @Test func agentsLackConnectionsAndTheWorkerLivesToTell() async throws {
            let files = 8 + 6 * ProcessInfo.processInfo.processorCount + 3 + 10
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let (worker, coordinator) = try await LocalCoordinator.run(
                        scenario: Example.shop(demo, agents: 40, holdSeconds: 5),
                        workers: 1,
                        in: scratch
                    ) { coordinator in
                        let own = try coordinator.worker("poor", flags: ["--reactors", "1", "--no-http"])
                        let limited = "ulimit -n \(files); exec \"$0\" \"$@\""
                        return try await ProcessHarness.run(
                            Invocation("sh", ["-c", limited, own.program] + own.arguments),
                            in: scratch
                        )
                    }
                    #expect(worker.exitCode == 0, "\(worker.errors)")
                    #expect(coordinator.exitCode == 3, "\(coordinator.errors)")
                    #expect(coordinator.output.contains("ulimit -n"))
                    let report = try Report(scratch.file("report.json"))
                    try await report.expectSound(in: scratch)
                    #expect(report.missing.isEmpty)
                    // What never went out is neither the endpoint's fault nor the model's, nor is what follows from it.
                    let failures = try #require(report.validation["failures"])
                    #expect(failures["sessions"]?["harness"]?["harness_transport"] != nil)
                    #expect(failures["sessions"]?["inference"]?.object?.isEmpty == true)
                    #expect(failures["decisions"]?.object?.keys.sorted() == ["transport"])
                    #expect(report.count("simulation_errors") == 0)
                    #expect(report.recommendation("harness-failures") != nil)
                    #expect(report.recommendation("inference-errors") == nil)
                    #expect(report.recommendation("simulation-mistakes") == nil)
                }
            }
        }
    }
}
