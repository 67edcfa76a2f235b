import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Measured {
    /// A part of the whole that falls silent in mid-hold, without a word and without ending: nothing that it leaves open may
    /// be forgotten.
    @Suite(.timeLimit(.minutes(4)))
    struct SilentServices {
        /// The processes of a run, each of which can be stopped.
        private struct Parts {
            var shop: RunningProgram
            var inference: RunningProgram
            var coordinator: RunningProgram
        }

        @Test func aTargetThatHangsFailsTheRun() async throws {
            let (exitCode, report) = try await run { try $0.shop.send(.suspend) }
            #expect(exitCode == 1)
            #expect(report.recommendations.first?["caused_by"]?.string == "target")
            #expect(report.count("sessions_failed{reason=target_unanswered}") > 0)
            #expect(report.status(.successfulStatefulSessions) == "FAIL")
        }

        @Test func aModelThatHangsFailsTheRun() async throws {
            let (exitCode, report) = try await run { try $0.inference.send(.suspend) }
            #expect(exitCode == 1)
            #expect(report.recommendations.first?["caused_by"]?.string == "inference")
            #expect(report.count("sessions_failed{reason=inference_unanswered}") > 0)
            #expect(report.status(.successfulStatefulSessions) == "FAIL")
        }

        @Test func aCoordinatorThatStandsStillLeavesTheVerdictOpen() async throws {
            let (exitCode, report) = try await run { parts in
                try parts.coordinator.send(.suspend)
                // Longer than a lease of 10 s: the worker's agents are cancelled meanwhile.
                try await Task.sleep(for: .seconds(13))
                try parts.coordinator.send(.resume)
            }
            #expect(exitCode == 3)
            #expect(
                !report.recommendations.contains {
                    $0["caused_by"]?.string == "target" && $0["priority"]?.string == "high"
                }
            )
            #expect(report.validation["stages"]?[0]?["status"]?.string == "INCONCLUSIVE")
        }

        @Test func theSameRunWithoutTroublePasses() async throws {
            let (exitCode, report) = try await run { _ in }
            #expect(exitCode == 0)
            #expect(report.count("sessions_failed") == 0)
        }

        /// Runs one plan on services of its own, and disturbs it in mid-hold.
        private func run(_ disturb: (Parts) async throws -> Void) async throws -> (exitCode: Int32, report: Report) {
            try await Scratch.with { scratch in
                try await Self.half("shop", in: scratch) { shop, shopURL in
                    try await Self.half("inference", in: scratch) { inference, inferenceURL in
                        let demo = Demo(shop: shopURL, inference: inferenceURL)
                        let scenario =
                            try Diagnosis.prompted(demo, agents: 12, holdSeconds: 12) + "limits: {drain: 5s}\n"
                        let (_, finished) = try await LocalCoordinator.run(scenario: scenario, workers: 1, in: scratch)
                        {
                            coordinator in
                            let worker = try coordinator.worker("only")
                            _ = try await ProcessHarness.supervise(worker, in: scratch) { _ in
                                try await coordinator.untilSessionsGetThrough(in: scratch)
                                let parts = Parts(shop: shop, inference: inference, coordinator: coordinator.program)
                                try await disturb(parts)
                            }
                        }
                        for program in [shop, inference] { try program.send(.resume) }
                        let report = try Report(scratch.file("report.json"))
                        try await report.expectSound(in: scratch)
                        let residual = try #require(report.validation["accounting"]?["residual_percent"]?.number)
                        #expect(residual < 1, "\(finished.output)")
                        return (finished.exitCode, report)
                    }
                }
            }
        }

        /// One half of the demo as a process of its own.
        private static func half<Value: Sendable>(
            _ name: String,
            in scratch: Scratch,
            _ body: (RunningProgram, _ url: String) async throws -> Value
        ) async throws -> Value {
            let readyFile = scratch.file("\(name)-ready.json")
            let flags = ["demo", "--only", name, "--\(name)-listen", "127.0.0.1:0", "--ready-file", readyFile]
            let own = name == "inference" ? Demo.quick : []
            return try await ProcessHarness.with(Invocation.ape("ape-test", flags + own), in: scratch) { program in
                let ready = try await program.wait(for: "its ready file") {
                    textOfFile(readyFile).flatMap { try? JSONValue(parsing: $0) }
                }
                guard let url = ready[name]?.string else { throw HarnessError("no address in \(ready)") }
                return try await body(program, url)
            }
        }
    }
}
