import ApeCore
import Testing

extension IntegrationTests.Operated {
    /// An inference endpoint that is not ours, whose model talks nonsense.
    @Suite(.timeLimit(.minutes(8)))
    struct LiteLLMAsInference {
        @Test func nonsenseIsCountedAsTheSimulationsFault() async throws {
            try await Scratch.with { scratch in
                let requirement = "litellm[proxy]==1.*"
                guard
                    let programs = try await PythonPackage.programs(
                        of: "litellm",
                        requirement: requirement,
                        in: scratch
                    )
                else { try Test.cancel("the Python package index is out of reach") }
                try await Demo.with(in: scratch) { demo in
                    try await LiteLLM.with(programs: programs, in: scratch) { proxy in
                        let (finished, reportPath) = try await Ape.validate(
                            scenario: scenario(demo, proxy),
                            environment: ["TESTS_INFERENCE_KEY": proxy.key],
                            in: scratch
                        )
                        #expect(finished.exitCode == 1, "\(finished.errors)")
                        #expect(!finished.errors.contains(proxy.key))
                        let report = try Report(reportPath)
                        try await report.expectSound(in: scratch)
                        #expect(report.status(.successfulStatefulSessions) == "FAIL")
                        #expect(textOfFile(reportPath)?.contains("invalid_tool_calls") == true)
                        #expect(textOfFile(reportPath)?.contains(proxy.key) == false)
                    }
                }
            }
        }

        private func scenario(_ demo: Demo, _ proxy: LiteLLM) -> String {
            """
            name: nonsense
            targets: {shop: "\(demo.shop)"}
            inference: {url: "\(proxy.url)", model: nonsense, api_key_env: TESTS_INFERENCE_KEY}
            goals:
              buy:
                prompt: Buy two headphones.
                success: [{answer: POST /api/checkout, status: 201}]
            plan:
              - {agents: 5, ramp: 1s, warmup: 1s, hold: 5s}
            """
        }
    }
}
