import ApeCore
import Testing

extension IntegrationTests.Measured {
    /// A run may cost so much and no more.
    @Suite(.timeLimit(.minutes(3)))
    struct Budget {
        @Test func aRunEndsWithItsReportOnceItsBudgetIsSpent() async throws {
            try await Scratch.with { scratch in
                let (finished, path) = try await Demo.with(in: scratch) { demo in
                    let plan = "plan: [{agents: 10, ramp: 1s, warmup: 1s, hold: 90s}, {agents: 20, hold: 60s}]\n"
                    let url = "  url: \(demo.inference)\n"
                    let scenario = try Diagnosis.prompted(demo, agents: 10, holdSeconds: 90)
                        .replacing(Example.plan(agents: 10, holdSeconds: 90), with: plan)
                        .replacing(url, with: url + "  price: {input: 1, output: 10}\n  budget: 0.2\n")
                    return try await Ape.validate(scenario: scenario, flags: ["--workers", "1"], in: scratch)
                }
                #expect(finished.exitCode == 3, "\(finished.errors)")
                let report = try Report(path)
                try await report.expectSound(in: scratch)
                let run = report.validation["run"]
                #expect(run?["outcome"]?.string == "budget_spent" && run?["budget"]?.number == 0.2)
                let reason = try #require(run?["outcome_reason"]?.string)
                #expect(reason.hasPrefix("The budget of 0.200 was spent (spent: "), "\(reason)")
                #expect(reason.contains("1 stage not held at all"), "\(reason)")
                #expect(finished.output.contains("The budget of 0.200 was spent"))
                #expect(finished.errors.contains("inference.budget is spent: the run ends"))
                let cost = try #require(report.validation["cost"]?["total"]?.number)
                #expect((0.2..<0.6).contains(cost), "\(cost)")
                let tokens = (report.count("tokens_in"), report.count("tokens_out"))
                #expect(abs(cost - (Double(tokens.0) + 10 * Double(tokens.1)) / 1_000_000) < 1e-9)
                #expect(report.validation["stages"]?[0]?["tokens"]?["in"]?.integer ?? 0 > 0)
            }
        }
    }
}
