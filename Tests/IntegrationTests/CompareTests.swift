import ApeCore
import Testing

extension IntegrationTests.Measured {
    /// Runs held against each other.
    @Suite(.timeLimit(.minutes(5)))
    struct Compare {
        private func run(
            ttft: String,
            _ name: String,
            flags: [String] = [],
            in scratch: Scratch
        ) async throws -> (finished: FinishedProgram, report: String) {
            let report = scratch.file("\(name).json")
            // The last of two that are alike counts.
            let own = ["--output", report] + flags
            // Each demo tells where it listens in a directory of its own.
            let finished = try await Scratch.with { place in
                try await Demo.with(["--ttft", ttft], in: place) { demo in
                    let scenario = try Example.shop(demo, agents: 10, holdSeconds: 20)
                    return try await Ape.validate(scenario: scenario, flags: own, in: scratch).finished
                }
            }
            return (finished, report)
        }

        private func compare(_ words: [String], in scratch: Scratch) async throws -> FinishedProgram {
            let all = ["compare"] + words + ["--results", scratch.file("results")]
            return try await ProcessHarness.run(try Invocation.ape("ape-test", all), in: scratch)
        }

        @Test func equalRunsDoNotDifferAndASlowerModelIsARegression() async throws {
            try await Scratch.with { scratch in
                let base = try await run(ttft: "400ms", "base", in: scratch)
                #expect([0, 3].contains(base.finished.exitCode), "\(base.finished.errors)")
                let equal = try await run(ttft: "400ms", "equal", in: scratch)
                #expect([0, 3].contains(equal.finished.exitCode), "\(equal.finished.errors)")

                let same = try await compare([base.report, equal.report, "--fail-on-regression", "5%"], in: scratch)
                #expect([0, 3].contains(same.exitCode), "\(same.output)\(same.errors)")
                if same.exitCode == 0 {
                    #expect(same.output.contains("No significant change of the critical targets."), "\(same.output)")
                }

                let slow = try await run(
                    ttft: "520ms",
                    "slow",
                    flags: ["--baseline", base.report, "--fail-on-regression", "5%"],
                    in: scratch
                )
                #expect([1, 3].contains(slow.finished.exitCode), "\(slow.finished.output)\(slow.finished.errors)")
                let report = try Report(slow.report)
                try await report.expectSound(in: scratch)
                let rows = report.validation["baseline_comparison"]?["rows"]?.array ?? []
                let ttft = rows.first { $0["name"]?.string == "cognitive_latency_ttft" }
                #expect(["worse", "inconclusive"].contains(ttft?["outcome"]?.string ?? ""))
                #expect((0.2...0.45).contains(ttft?["change"]?.number ?? 0))
                if slow.finished.exitCode == 1 { #expect(report.overallSuccess == false) }

                // From the store the same, with the distributions of every series.
                let stored = try await compare([base.report, "latest", "--json"], in: scratch)
                #expect(stored.exitCode == 0, "\(stored.errors)")
                let json = try JSONValue(parsing: stored.output)
                #expect(json["run"]?["id"]?.string == report.validation["run"]?["id"]?.string)
                let schema = """
                    import json, sys, jsonschema
                    schema = json.load(open(sys.argv[1]))
                    jsonschema.Draft202012Validator(schema).validate(json.loads(sys.argv[2]))
                    """
                let path = "\(Invocation.tree)/docs/schemas/comparison.schema.json"
                let checked = try await ProcessHarness.run(
                    Invocation("/usr/bin/python3", ["-c", schema, path, stored.output]),
                    in: scratch
                )
                #expect(checked.exitCode == 0, "\(checked.errors)")
            }
        }

        @Test func aBaselineThatIsNotThereIsRefusedBeforeTheRun() async throws {
            try await Scratch.with { scratch in
                let (finished, _) = try await Ape.validate(
                    scenario: Example.look(at: "http://127.0.0.1:9"),
                    flags: ["--baseline", "no-such-run"],
                    in: scratch
                )
                #expect(finished.exitCode == 2)
                #expect(finished.errors.contains("no-such-run"), "\(finished.errors)")
            }
        }
    }
}
