@testable import ApeCore
import Testing

/// What a scenario says of the model's endpoint, and what it is told of a wrong one.
@Suite struct InferenceCodingTests {
    private func yaml(_ lines: String) -> String {
        """
        targets: {s: "http://h"}
        goals: {g: {prompt: Do it., success: [{answer: GET /a, status: 200}]}}
        inference: {model: m, \(lines.contains("url:") ? "" : "url: \"http://h/v1\", ")\(lines)}
        """
    }

    private func read(_ lines: String) throws -> Scenario.Inference {
        let read = try ScenarioSamples.read(yaml(lines))
        let overTheWire = try JSONValue(parsing: read.scenario.wireDocument().utf8)
        #expect(try Scenario(document: overTheWire) == read.scenario)
        return try #require(read.scenario.inference)
    }

    private func problems(_ lines: String) -> [String] { ScenarioSamples.problems(yaml(lines)) }

    @Test(arguments: [
        ("chat", Scenario.InferenceAPI.chat), ("responses", .responses), ("messages", .messages),
    ])
    func readsTheAPI(name: String, api: Scenario.InferenceAPI) throws {
        #expect(try read("api: \(name)").api == api)
    }

    @Test(arguments: [
        ("https://x.openai.azure.com/openai/deployments/gpt-4o?api-version=2024-10-21", "api-version=2024-10-21"),
        ("https://x.openai.azure.com/openai/deployments/gpt-4o/?api-version=2024-10-21", "api-version=2024-10-21"),
        ("https://x.openai.azure.com/openai/deployments/gpt-4o?", nil),
        ("https://x.openai.azure.com/openai/deployments/gpt-4o?a=/b?c&d=%20", "a=/b?c&d=%20"),
        ("https://x.openai.azure.com/openai/deployments/gpt-4o", nil),
    ])
    func theAddressMayHaveAQuery(url: String, query: String?) throws {
        let inference = try read("url: \"\(url)\"")
        #expect(inference.baseURL == "https://x.openai.azure.com/openai/deployments/gpt-4o")
        #expect(inference.urlQuery == query)
        let written = inference.baseURL + (query.map { "?\($0)" } ?? "")
        #expect(inference.document["url"] == .string(written))
    }

    @Test(arguments: [
        ("http://h/v1?key=very-secret", "called `key`"), ("http://h/v1?a=1&API_KEY=very-secret", "called `key`"),
        ("http://h/v1?accessToken=very-secret", "called `token`"), ("http://h?sig=very-secret", "called `sig`"),
        ("http://h/v1?subscription-key=very-secret", "called `key`"), ("http://h?code=very-secret", "called `code`"),
        ("http://h/v1?client_secret=very-secret", "called `secret`"),
        ("http://h/v1?password=very-secret", "called `password`"),
        ("http://very-secret@h/v1", "holds a user or a password"),
        ("http://u:very-secret@h/v1?a=1", "holds a user or a password"),
    ])
    func anAddressCarriesNoKey(url: String, says: String) {
        let problems = problems("url: \"\(url)\"")
        #expect(problems.count == 1)
        #expect(
            problems.allSatisfy {
                $0.contains(says) && $0.contains("under `api_key_env`") && $0.contains("`api_key_header` names")
                    && !$0.contains("very-secret")
            },
            "\(problems)"
        )
    }

    @Test(arguments: [
        (
            "url: \"http://h/v1/chat/completions\"",
            "ends with /chat/completions, which the agent adds itself; write http://h/v1"
        ),
        (
            "api: responses, url: \"http://h/v1/responses/?v=1\"",
            "ends with /responses, which the agent adds itself; write http://h/v1?v=1"
        ),
        (
            "url: \"http://h/v1/messages\"",
            "ends with /messages, which the agent adds itself; write http://h/v1, with `api: messages`"
        ),
        ("url: \"http://h/v1#a\"", "has a fragment, which no server is sent"),
        ("url: \"http://h/v1?a=b#c\"", "has a fragment, which no server is sent"),
        ("url: \"http://h/v1?a=b c\"", "its query holds characters that a URL cannot hold: write them as %XX"),
        ("url: \"http://h/v1?{{a}}\"", "its query holds characters"), ("url: \"ftp://h/v1\"", "it starts with http://"),
        ("url: \"?a=b\"", "it starts with http://"), ("url: [a]", "must be a text, not a list"),
        ("url: \"http://h/\(String(repeating: "a", count: 2048))\"", "at most 2048 are read"),
        ("api: chats", "must be one of chat, responses, messages, not the text \"chats\"; did you mean `chat`?"),
        ("api: [chat]", "must be a text, not a list"), ("dialect: chat", "is called `api` here"),
        ("api_version: 1", "belongs to the URL"),
    ])
    func anAddressIsWhatStandsBeforeThePath(lines: String, says: String) {
        let problems = problems(lines)
        #expect(problems.count == 1 && problems[0].hasSuffix(says) || problems[0].contains(says), "\(problems)")
        #expect(problems.allSatisfy { $0.hasPrefix("shop.yml:3:") })
    }

    @Test func theKeyGoesUnderAnyHeader() throws {
        let inference = try read("api_key_env: KEY, api_key_header: api-key")
        #expect(inference.apiKey == .environment(name: "KEY"))
        #expect(inference.apiKeyHeader == "api-key")
        #expect(try read("api_key_file: /run/key, api_key_header: Authorization").apiKeyHeader == "Authorization")
        #expect(try read("api_key_env: KEY").apiKeyHeader == nil)
    }

    @Test(arguments: [
        ("api_key_header: api-key", "needs `api_key_env` or `api_key_file`"),
        ("api_key_env: K, api_key_header: \"a b\"", "is no name of a header, such as Authorization or api-key"),
        ("api_key_env: K, api_key_header: \"x\\ny: z\"", "is no name of a header"),
        ("api_key_env: K, api_key_header: \"x-api-key: very-secret\"", "is no name of a header"),
        ("api_key_env: K, api_key_header: \"\"", "is no name of a header"),
        ("api_key_env: K, api_key_header: [a]", "is no name of a header"),
        ("api_key_env: K, api_key_header: \(String(repeating: "x", count: 129))", "is no name of a header"),
        ("api_key_env: K, api_key_header: Content-Type", "is a header that the agent itself sets"),
        ("api_key_env: K, api_key_header: HOST", "is a header that the agent itself sets"),
        ("api_key_env: K, api_key_header: traceparent", "is a header that the agent itself sets"),
        ("api_key_env: K, api_key_header: X-Team, headers: {x-team: a}", "`headers` set this header too"),
        ("headers: {Api-Key: very-secret}", "`api_key_header` names the header"),
        ("headers: {Ocp-Apim-Subscription-Key: very-secret}", "`api_key_header` names the header"),
        ("headers: {x-goog-api-key: very-secret}", "`api_key_header` names the header"),
    ])
    func aKeyHeaderIsAHeader(lines: String, says: String) {
        let problems = problems(lines)
        #expect(problems.count == 1 && problems[0].contains(says), "\(problems)")
        #expect(problems.allSatisfy { !$0.contains("very-secret") })
    }

    @Test func readsHowItIsAsked() throws {
        let inference = try read("token_limit_key: max_tokens, parallel_tool_calls: false, strict_schemas: false")
        #expect(inference.tokenLimitKey == "max_tokens")
        #expect(inference.parallelToolCalls == false)
        #expect(!inference.usesStrictSchemas)
        let usual = try read("temperature: 1")
        #expect(usual.tokenLimitKey == nil && usual.parallelToolCalls == nil && usual.usesStrictSchemas)
        #expect(try read("parallel_tool_calls: true").parallelToolCalls == true)
    }

    @Test(arguments: [
        ("token_limit_key: \"a b\"", "is no name of a member"), ("token_limit_key: \"\"", "is empty"),
        ("token_limit_key: stream", "cannot carry the limit: every answer is streamed"),
        ("token_limit_key: model", "`inference.model`"), ("token_limit_key: {a: b}", "must be a text, not a map"),
        ("token_limit_key: \(String(repeating: "x", count: 65))", "at most 64 are read"),
        ("parallel_tool_calls: no", "must be true or false, not the text \"no\""),
        ("parallel_tool_calls: 0", "must be true or false, not 0"),
        ("strict_schemas: [true]", "must be true or false, not a list"),
        ("max_tokens: 5", "is called `max_completion_tokens` here; `token_limit_key: max_tokens` sends it"),
    ])
    func saysHowItCanBeAsked(lines: String, says: String) {
        let problems = problems(lines)
        #expect(problems.count == 1 && problems[0].contains(says), "\(problems)")
    }

    @Test func theBodySetsAndRemoves() throws {
        let body = "max_completion_tokens: null, temperature: null, max_tokens: 5, tools: [], cache_control: ~"
        let inference = try read("body: {\(body), thinking: {type: disabled, budget: null}}")
        #expect(
            inference.body.keys == [
                "max_completion_tokens", "temperature", "max_tokens", "tools", "cache_control", "thinking",
            ]
        )
        #expect(inference.body["max_completion_tokens"] == .some(.null))
        #expect(inference.body["cache_control"] == .some(.null))
        #expect(inference.body["thinking"] == ["type": "disabled", "budget": nil])
        #expect(
            inference.document["body"]?.text
                == #"{"max_completion_tokens":null,"temperature":null,"max_tokens":5,"tools":[],"cache_control":null,"#
                + #""thinking":{"type":"disabled","budget":null}}"#
        )
    }

    @Test(arguments: [
        ("model", "`inference.model`"), ("messages", "`messages` holds the conversation"),
        ("input", "`input` holds the conversation"), ("stream", "every answer is streamed"),
    ])
    func theBodyKeepsWhatIsMeasured(key: String, says: String) {
        for value in ["1", "null", "false"] {
            let problems = problems("body: {\(key): \(value)}")
            #expect(problems.count == 1 && problems[0].contains("`\(key)` cannot stand here: "), "\(problems)")
            #expect(problems[0].contains(says))
        }
        #expect(problems("body: [a]")[0].hasSuffix("inference.body: must be a map, not a list"))
    }

    @Test func warnsOfCountsThatDoNotCome() throws {
        let warnings = try ScenarioSamples.read(yaml("body: {stream_options: null}")).warnings.map(\.description)
        #expect(
            warnings == [
                "shop.yml:3:66: inference.body.stream_options: no token counts come then, "
                    + "unless the endpoint sends them of itself"
            ]
        )
        #expect(try ScenarioSamples.read(yaml("api: responses, body: {stream_options: null}")).warnings.isEmpty)
        #expect(try ScenarioSamples.read(yaml("body: {stream_options: {include_usage: true}}")).warnings.isEmpty)
    }

    @Test func readsPriceAndBudget() throws {
        let inference = try read(
            "price: {input: 0.25, cached_input: 0.025, cache_write: 0.31, output: 2}, budget: 12.5"
        )
        var price = Scenario.TokenPrice(input: 0.25, output: 2)
        price.cachedInput = 0.025
        price.cacheWrite = 0.31
        #expect(inference.price == price)
        #expect(inference.budget == 12.5)
        #expect(try read("price: {input: 0, output: 1000000}").price == Scenario.TokenPrice(input: 0, output: 1e6))
    }

    @Test(arguments: [
        ("budget: 5", "inference.budget: needs `price`"), ("price: {}, budget: 5", "`input` is missing"),
        ("price: {input: 1}", "`output` is missing: what a million tokens of the answers cost"),
        ("price: 3", "must be a map, not 3"), ("price: {input: -1, output: 1}", "a number from 0 to 1000000, not -1"),
        ("price: {input: 1e7, output: 1}", "a number from 0 to 1000000, not 1e7"),
        ("price: {input: .nan, output: 1}", "not the text \".nan\""), ("price: {input: NaN, output: 1}", "\"NaN\""),
        ("price: {input: 1e999, output: 1}", "not 1e999"),
        ("price: {input: 1, output: 1, cached: 1}", "inference.price.cached: unknown key"),
        ("price: {input: 1, output: 1}, budget: 0", "must be a number from 1e-06 to 1000000000, not 0"),
        ("price: {input: 1, output: 1}, budget: -3", "not -3"),
        ("price: {input: 1, output: 1}, budget: a lot", "not the text \"a lot\""),
    ])
    func costIsANumber(lines: String, says: String) {
        let problems = problems(lines)
        #expect(!problems.isEmpty && problems[0].contains(says), "\(problems)")
        #expect(problems.allSatisfy { $0.hasPrefix("shop.yml:3:") })
    }
}
