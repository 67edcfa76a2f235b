import ApeCore
import Testing

extension IntegrationTests.Measured {
    /// A real agent against an endpoint that speaks three dialects and refuses what the real ones refuse: a reasoning,
    /// signature or item that does not come back, an unknown member, an empty turn.
    @Suite(.timeLimit(.minutes(5)))
    struct Dialects {
        @Test(arguments: Scenario.InferenceAPI.allCases)
        func everyStepGoesBackAsItCame(api: Scenario.InferenceAPI) async throws {
            try await Scratch.with { scratch in
                try await Demo.with(["--reasoning", "signed", "--strict-members"], in: scratch) { demo in
                    for mode in Scenario.ToolMode.allCases {
                        let text = try Example.shop(demo, agents: 1, holdSeconds: 1)
                            .replacing("inference:\n", with: "inference:\n  api: \(api)\n  tool_mode: \(mode)\n")
                        let scenario = try scratch.write("\(api)-\(mode).yml", text)
                        let tried = try await ProcessHarness.run(
                            .ape("ape-test", ["try", scenario, "--goal", "buy_headphones"]),
                            in: scratch
                        )
                        #expect(tried.exitCode == 0, "\(api) \(mode): \(tried.output.suffix(600))")
                        #expect(tried.output.contains("step 5"))
                        #expect(tried.output.contains(" of them from the cache, "))
                    }
                }
            }
        }
    }
}
