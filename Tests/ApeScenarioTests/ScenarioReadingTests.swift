import ApeCore
import Testing

@Suite struct ScenarioReadingTests {
    @Test func theLeastHasDefaults() throws {
        let read = try ScenarioSamples.read(ScenarioSamples.least, file: "some/where/least.v1.yml")
        var goal = Goal(name: "look", mode: .script([ScriptStep(method: "GET", path: "/api/products")]))
        goal.maxSteps = 1
        let target = Scenario.Target(name: "shop", baseURL: "http://127.0.0.1:8080")
        #expect(read.scenario == Scenario(name: "least", targets: [target], inference: nil, goals: [goal]))
        #expect(read.warnings.isEmpty)
    }

    @Test func readsTargets() throws {
        let targets = try ScenarioSamples.read(ScenarioSamples.full).scenario.targets
        #expect(targets.map(\.name) == ["shop", "pay"])
        #expect(targets[0].baseURL == "http://127.0.0.1:8080/base")
        #expect(targets[0].endpoints.map(\.method) == ["GET", "POST", "GET", "POST"])
        #expect(targets[0].endpoints.map(\.summary) == ["List products", "", "", "Log in"])
        #expect(targets[0].endpoints[3].body == ["type": "object", "properties": ["user": ["type": "string"]]])
        #expect(targets[0].headers.map(\.name) == ["X-Env", "Authorization"])
        #expect(targets[0].httpVersion == .http1)
        #expect(targets[1].httpVersion == .http2)
        #expect(targets[0].proxy == "http://proxy:3128")
        #expect(targets[0].caFile == "/etc/ca.pem")
    }

    @Test func readsInference() throws {
        let inference = try #require(try ScenarioSamples.read(ScenarioSamples.full).scenario.inference)
        var expected = Scenario.Inference(baseURL: "https://api.example.com/v1", model: "demo")
        expected.api = .responses
        expected.urlQuery = "api-version=2024-10-21"
        expected.apiKey = .environment(name: "EXAMPLE_API_KEY")
        expected.apiKeyHeader = "api-key"
        expected.toolMode = .json
        expected.temperature = 0.2
        expected.maxCompletionTokens = 256
        expected.tokenLimitKey = "max_tokens"
        expected.parallelToolCalls = false
        expected.usesStrictSchemas = false
        expected.headers = [Scenario.Header(name: "X-Team", value: "load")]
        expected.body = ["reasoning_effort": "low", "top_k": 3, "store": nil, "nested": [nil, ["a": 1.5]]]
        expected.connectTimeoutMicros = 3_000_000
        expected.firstByteTimeoutMicros = 20_000_000
        expected.totalTimeoutMicros = 90_000_000
        expected.httpVersion = .http2
        expected.proxy = "https://proxy:3129"
        expected.caFile = "ca.pem"
        expected.requestsPerMinute = 600
        expected.price = Scenario.TokenPrice(input: 0.25, output: 2)
        expected.price?.cachedInput = 0.025
        expected.price?.cacheWrite = 0.31
        expected.budget = 12.5
        #expect(inference == expected)
    }

    @Test func readsGoals() throws {
        let goals = try ScenarioSamples.read(ScenarioSamples.full).scenario.goals
        #expect(goals.map(\.name) == ["buy", "baseline"])
        #expect(goals[0].weight == 3)
        #expect(goals[0].mode == .prompt("Buy two headphones.\n"))
        #expect(goals[0].data[0] == ["username": "user-{{agent}}", "password": "1234"])
        #expect(goals[0].captures.map(\.name) == ["order_id", "csrf", "total", "form", "xsrf"])
        #expect(goals[0].captures[0].path == "/api/checkout")
        #expect(
            goals[0].captures.map(\.source) == [
                .jsonPath("$.order_id"), .header("X-CSRF"), .jsonPath("$.total"),
                .between(before: "value=\"", after: "\""), .cookie("XSRF-TOKEN"),
            ]
        )
        #expect(goals[0].maxSteps == 12)
        #expect(goals[0].timeoutMicros == 45_000_000)
        guard case .script(let steps) = goals[1].mode else { throw ApeError(.scenario, "no script") }
        #expect(steps.map(\.method) == ["GET", "POST", "PATCH", "PUT"])
        #expect(steps.map(\.target) == ["shop", "shop", "pay", "shop"])
        #expect(steps[1].query == ["lang": ["en"], "id": ["{{agent}}"]])
        #expect(steps[1].headers == [Scenario.Header(name: "X-Run", value: "{{run}}")])
        #expect(steps[1].body == ["user": "u{{random}}", "list": [1, 2.5, nil, true]])
        #expect(steps[1].expectStatus?.range == 200...204)
        #expect(steps[2].body == "plain")
        #expect(steps[3].query == ["tag": ["a", "2", "true"], "none": []])
        #expect(steps[3].bodyBytes == [0x00, 0xFF])
        #expect(goals[1].maxSteps == 4)
    }

    @Test func readsChecks() throws {
        let checks = try ScenarioSamples.read(ScenarioSamples.full).scenario.goals[0].success
        #expect(checks.map(\.name) == ["paid", "verify GET /api/orders/{{order_id}}?full=1"])
        #expect(checks.map(\.subject) == [.anyAnswer, .verification])
        #expect(checks.map(\.status?.range) == [201...201, 200...299])
        #expect(
            checks[0].json == [
                JSONComparison(path: "$.status", comparison: .equals, value: "confirmed"),
                JSONComparison(path: "$.total", comparison: .greater, value: 0),
                JSONComparison(path: "$.total", comparison: .atMost, value: try JSONValue(parsing: "1e3")),
                JSONComparison(path: "$.total", comparison: .exists),
                JSONComparison(path: "$['a b'][-1]", comparison: .contains, value: "{{order_id}}"),
                JSONComparison(path: "$.none", comparison: .equals, value: nil),
                JSONComparison(path: "$.map", comparison: .equals, value: ["a": [1, "{{total}}"]]),
                JSONComparison(path: "$.map", comparison: .notEquals, value: nil),
                JSONComparison(path: "$.gone", comparison: .absent),
            ]
        )
        #expect(
            checks[0].header == [
                HeaderComparison(name: "Content-Type", comparison: .matches, value: "^application/json"),
                HeaderComparison(name: "X-Count", comparison: .atLeast, value: "2"),
                HeaderComparison(name: "X-Id", comparison: .exists),
            ]
        )
        #expect(checks[0].bodyPattern == #""order_id":\s*\d+"#)
        #expect(checks[1].requestHeaders == [Scenario.Header(name: "X-Order", value: "{{order_id}}")])
        #expect(checks[1].requestBody == ["id": "{{order_id}}", "n": 1])
    }

    @Test func readsSettings() throws {
        let scenario = try ScenarioSamples.read(ScenarioSamples.full).scenario
        #expect(scenario.pacing.thinkMicros == 200_000...1_500_000)
        #expect(scenario.pacing.betweenSessionsMicros == 2_000_000...2_000_000)
        #expect(scenario.limits.responseBytes == 2048)
        #expect(scenario.limits.backoffMaximumMicros == 4_000_000)
        #expect(scenario.limits.redirects == 1)
        #expect(scenario.kpiTargets.count == KPIKey.allCases.count)
        #expect(scenario.kpiTargets[.mtbaThreshold] == 1.25)
        #expect(scenario.plan?.stages.map(\.name) == ["warm", "stage_2", "arrivals", "rise"])
        #expect(scenario.plan?.stages.map(\.rampMicros) == [0, 5_000_000, 5_000_000, 5_000_000])
        #expect(scenario.plan?.stages.map(\.holdMicros) == [5_000_000, 60_000_000, 60_000_000, 60_000_000])
        #expect(
            scenario.plan?.stages.map(\.arrivals) == [
                nil, nil, Arrivals(perSecond: 30, pattern: .even), Arrivals(fromPerSecond: 0.5, perSecond: 1.5),
            ]
        )
    }
}
