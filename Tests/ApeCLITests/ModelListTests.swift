import ApeCore
import ApeProgram
import Testing

@testable import ApeCLI

@Suite struct ModelListTests {
    private func scenario(_ model: String) -> Scenario {
        Scenario(
            name: "s",
            targets: [],
            inference: Scenario.Inference(baseURL: "http://127.0.0.1:8000/v1", model: model),
            goals: []
        )
    }

    @Test(arguments: [
        (#"{"data":[{"id":"m","max_model_len":4096}]}"#, 4096), (#"{"data":[{"id":"m","context_length":8000}]}"#, 8000),
        (#"{"data":[{"id":"models/m","context_window":131072}]}"#, 131_072),
        (#"{"data":[{"id":"m:latest"}]}"#, nil), (#"{"data":[{"id":"m","meta":{"n_ctx_train":8192}}]}"#, 8192),
        (#"[{"id":"other","max_model_len":1},{"id":"m","max_input_tokens":200000}]"#, 200_000),
    ])
    func readsWhatServersTell(_ text: String, _ context: Int64?) throws {
        let list = try #require(ModelList(try JSONValue(parsing: text), model: "m"))
        #expect(list.contextTokens == context)
        #expect(list.findings(scenario("m"), promptTokens: nil).allSatisfy { $0.check != "inference.model" })
    }

    @Test(arguments: ["{}", "[]", #"{"data":[]}"#, #"{"error":"no"}"#])
    func takesWhatIsNoListForNone(_ text: String) throws {
        #expect(ModelList(try JSONValue(parsing: text), model: "m") == nil)
    }

    @Test func namesTheNearestModel() {
        let list = ModelList(names: ["gpt-oss-120b", "llama-4-scout"])
        let near = list.findings(scenario("gpt-oss-120"), promptTokens: nil)
        #expect(near.map(\.level) == [.warning])
        #expect(near[0].fix == ["inference.model: gpt-oss-120b?"])
        let far = list.findings(scenario("claude"), promptTokens: nil)
        #expect(far[0].fix == ["see whether inference.model is one of: gpt-oss-120b, llama-4-scout"])
    }

    @Test func comparesThePromptWithTheContext() {
        let list = ModelList(names: ["m"], contextTokens: 4096)
        #expect(list.findings(scenario("m"), promptTokens: 3500).map(\.level) == [.warning])
        let grows = list.findings(scenario("m"), promptTokens: 800)
        #expect(grows.map(\.level) == [.warning])
        #expect(grows[0].fix == ["limits.context_tokens: 3072"])
        var small = scenario("m")
        small.limits.contextTokens = 3000
        let fits = list.findings(small, promptTokens: 800)
        #expect(fits.map(\.level) == [.ok])
        #expect(fits[0].message == "The first prompt takes 800 tokens. The model's context has 4096 tokens.")
    }
}
