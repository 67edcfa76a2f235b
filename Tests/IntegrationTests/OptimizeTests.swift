import ApeCore
import Testing

extension IntegrationTests.Measured {
    /// `ape-test optimize`: what it expects comes true.
    @Suite(.timeLimit(.minutes(5)))
    struct Optimize {
        @Test func halvingTTFTGivesWhatWasExpected() async throws {
            let (slow, optimization) = try await Scratch.with { scratch in
                let report = try await Self.report(["--ttft", "1600ms"], in: scratch)
                return (report, try await Self.optimize(["latest"], in: scratch).report)
            }
            let fast = try await Scratch.with { try await Self.report(["--ttft", "800ms"], in: $0) }
            let half = try #require(
                optimization.root["what_if"]?.array?.first { $0["name"]?.string == "ttft_halved" }
            )
            let expected = try #require(
                half["improvements"]?.array?.first { $0["key"]?.string == "mtba_threshold" }
            )
            let (before, after) = (try mtba(slow), try mtba(fast))
            #expect(expected["current_value"]?.number == before)
            let value = try #require(expected["expected_value"]?.number)
            let gain = try #require(expected["improvement"]?.number)
            #expect(abs(value - after) < 0.1 * after, "expected \(value), measured \(after)")
            #expect(abs(gain - (before - after)) < 0.1 * (before - after), "\(gain), \(before), \(after)")
        }

        @Test func withoutARunItRunsOne() async throws {
            try await Scratch.with { scratch in
                let flags = ["--analysis-duration", "4s", "--stage-duration", "3s", "--max-agents", "10"]
                let (finished, report) = try await Self.optimize(flags + Demo.quick, in: scratch)
                #expect(finished.exitCode == 0, "\(finished.output)\(finished.errors)")
                #expect(report.root["analysis_summary"]?["is_demo"]?.bool == true)
                // The baseline, the greatest number of agents, and the sustained load.
                #expect(report.root["analysis_summary"]?["analysis_duration_minutes"]?.number == 10.0 / 60)
                #expect(finished.output.contains("Scaling law: not fitted."))
                #expect(!report.recommendations.isEmpty)
            }
        }

        @Test func whatIsNotThereIsSaid() async throws {
            try await Scratch.with { scratch in
                let nowhere = try await Self.run(["latest", "--results", scratch.file("none")], in: scratch)
                #expect(nowhere.exitCode == 2 && nowhere.errors.contains("--results"), "\(nowhere.errors)")
                let unwritable = try await Self.run(["latest", "--output", scratch.file("no/where.json")], in: scratch)
                #expect(unwritable.exitCode == 2 && unwritable.errors.contains("where.json"), "\(unwritable.errors)")
                let both = try await Self.run(["latest", "--scenario", "x.yml"], in: scratch)
                #expect(both.exitCode == 2 && both.errors.contains("--scenario"), "\(both.errors)")
                let never = try await Self.run(["--analysis-duration", "soon"], in: scratch)
                #expect(never.exitCode == 2 && never.errors.contains("--analysis-duration soon"), "\(never.errors)")
            }
        }

        @Test func theAnalysisIsLeftOutWhereAsked() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let (finished, path) = try await Ape.validate(
                        scenario: try Example.shop(demo, agents: 5, holdSeconds: 4),
                        flags: ["--skip-optimization"],
                        in: scratch
                    )
                    #expect([0, 3].contains(finished.exitCode), "\(finished.errors)")
                    let report = try Report(path)
                    try await report.expectSound(in: scratch)
                    #expect(report.root["optimization"] == nil && report.root["executive_summary"] == nil)
                    #expect(!finished.output.contains("Readiness"))
                    let id = try #require(report.root["run"]?["id"]?.string)
                    let (stored, optimization) = try await Self.optimize([id], in: scratch)
                    #expect(stored.exitCode == 0, "\(stored.errors)")
                    #expect(optimization.root["analysis_summary"]?["run"]?.string == id)
                    let unknown = try await Self.run(["x", "--results", scratch.file("results")], in: scratch)
                    #expect(unknown.exitCode == 2 && unknown.errors.contains("no run x"), "\(unknown.errors)")
                }
            }
        }

        private static func report(_ flags: [String], in scratch: Scratch) async throws -> Report {
            try await Demo.with(flags, in: scratch) { demo in
                try await Diagnosis.report(Diagnosis.prompted(demo, agents: 20, holdSeconds: 20), in: scratch)
            }
        }

        private func mtba(_ report: Report) throws -> Double {
            let results = report.root["all_validation_results"]?.array ?? []
            return try #require(
                results.first { $0["key"]?.string == "mtba_threshold" }?["measured_value"]?.number
            )
        }

        private static func run(_ arguments: [String], in scratch: Scratch) async throws -> FinishedProgram {
            try await ProcessHarness.run(try Invocation.ape("ape-test", ["optimize"] + arguments), in: scratch)
        }

        /// Runs the command on the scratch's results, and holds its report against the schema.
        private static func optimize(_ arguments: [String], in scratch: Scratch) async throws
            -> (finished: FinishedProgram, report: Report)
        {
            let path = scratch.file("optimization.json")
            let places = ["--output", path, "--results", scratch.file("results")]
            let finished = try await run(arguments + places, in: scratch)
            guard finished.exitCode == 0 else { throw HarnessError("optimize: \(finished.output)\(finished.errors)") }
            let report = try Report(path)
            try await report.expectSound(in: scratch)
            return (finished, report)
        }
    }
}
