import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer
import Testing
import TransportKit

@testable import ApeAgent

@Suite struct AgentRunnerTests {
    /// A shop that hands out a token and takes it back, and a model that goes its way.
    @Sendable static func shop(_ request: TransferRequest, _ number: Int) -> FakeTransport.Answer {
        switch (request.method, request.url) {
        case ("POST", "http://model/v1/chat/completions"):
            let body = String(decoding: request.body?.bytes ?? [], as: UTF8.self)
            if body.contains("HTTP 201") { return .call("finish", #"{"outcome":"success","reason":"done"}"#) }
            if body.contains("{{csrf_token}}") {
                return .call("http_post", #"{"target":"shop","path":"/api/checkout","body":{"t":"{{csrf_token}}"}}"#)
            }
            return .call("http_post", #"{"target":"shop","path":"/api/login","body":{"username":"{{username}}"}}"#)
        case ("POST", "http://shop/api/login"): return .json(200, #"{"csrf_token":"c-42"}"#, micros: 2000)
        case ("POST", "http://shop/api/checkout"):
            let isRight = request.body?.bytes == Array(#"{"t":"c-42"}"#.utf8)
            return .json(isRight ? 201 : 403, #"{"order_id":"o-1"}"#, micros: 3000)
        case ("GET", "http://shop/api/orders/o-1"): return .json(200, #"{"paid":true}"#)
        default: return .json(404, "{}")
        }
    }

    @Test func runsASessionToItsProof() async throws {
        let bench = try RunnerBench(.shop, respond: Self.shop)
        let tally = await bench.run(start: 400_000)
        #expect(tally.failures == [])
        #expect(tally.count("sessions_started") == 1 && tally.count("sessions_succeeded") == 1)
        #expect(tally.count("sessions_stateful") == 1 && tally.count("sessions_successful_stateful") == 1)
        #expect(tally.count("sessions_unfinished") == 0)
        #expect(tally.count("actions{status=2xx}") == 2 && tally.count("target_requests") == 2)
        #expect(tally.count("decisions") == 2 && tally.count("tokens_in") == 20 && tally.count("tokens_out") == 10)
        #expect(tally.samples("ttft") == 2 && tally.sum("ttft") == 20_200)
        #expect(tally.samples("tool_call") == 2 && tally.samples("decision_time") == 2)
        /// One gap: login's 2000, then a decision of 10,200 whose tokens come 100 later.
        #expect(tally.samples("gap") == 1 && tally.sum("gap") == 12_300)
        #expect(tally.sum("target") == 2000 && tally.sum("decision") == 10_300 && tally.sum("overhead") == 0)
        #expect(tally.sum("target{route=POST /api/login}") == 2000)
        #expect(tally.sum("target{route=POST /api/checkout}") == 3000)
        #expect(tally.samples("startup") == 1 && tally.sum("startup") == 600_000)
        #expect(tally.sum("session") == 25_600)
        #expect(bench.transport.resets == 1)
        let traces = Set(
            bench.transport.requests.compactMap { request in
                request.headers.first { $0.name == "traceparent" }?.value
            }
        )
        #expect(traces.count == 4 && Set(traces.map { $0.prefix(35) }).count == 1)
    }

    @Test func tellsTheModelGoalEndpointsAndState() async throws {
        let bench = try RunnerBench(.shop, respond: Self.shop)
        _ = await bench.run()
        let body = try JSONValue(parsing: try #require(bench.transport.requests[2].body?.bytes))
        let messages = try #require(body["messages"]?.array)
        let system = try #require(messages[0]["content"]?.string)
        #expect(system.contains("- POST /api/login: Body: username, password\n"))
        #expect(!system.contains("user-3"), "what is a session's own stands behind what all share")
        #expect(
            messages[1]["content"]
                == "Buy two \"headphones\"; you are user-3. Use {{order_id}}.\n\nKnown: {{password}}; {{username}} = user-3"
        )
        #expect(messages[2]["tool_calls"]?[0]?["function"]?["name"] == "http_post")
        #expect(messages[3]["content"] == "HTTP 200\ncaptured: {{csrf_token}}\n{\"csrf_token\":\"c-42\"}")
        #expect(messages.count == 4)
    }

    @Test func verifiesWithItsOwnRequest() async throws {
        var scenario = Scenario.shop
        var verify = SuccessCheck(
            name: "order",
            subject: .verification,
            method: "GET",
            path: "/api/orders/{{order_id}}"
        )
        verify.json = [JSONComparison(path: "$.paid", comparison: .equals, value: true)]
        scenario.goals[0].success.append(verify)
        let bench = try RunnerBench(scenario, respond: Self.shop)
        let tally = await bench.run()
        #expect(tally.count("sessions_succeeded") == 1 && tally.count("verifications") == 1)
        #expect(tally.count("target_requests") == 3 && tally.count("actions{status=2xx}") == 2)
        #expect(tally.count("decisions") == 3)
        #expect(tally.count("prompts_counted") == 3 && tally.count("prompts_distinct") == 3)
        scenario.goals[0].success[1].json[0].value = false
        let unproven = try await RunnerBench(scenario, respond: Self.shop).run()
        #expect(unproven.failures == ["target_wrong_answer"] && unproven.count("sessions_stateful") == 1)
        #expect(unproven.count("sessions_successful_stateful") == 0)
    }

    /// What the model claims proves nothing.
    @Test(arguments: [("success", "simulation_check_failed"), ("failure", "simulation_gave_up")])
    func doesNotBelieveTheModel(outcome: String, reason: String) async throws {
        let tally = try await RunnerBench(.shop) { _, _ in .call("finish", #"{"outcome":"\#(outcome)"}"#) }.run()
        #expect(tally.failures == [reason] && tally.count("actions{status=2xx}") == 0)
    }

    @Test func endsAfterThreeInvalidCallsInARow() async throws {
        let bench = try RunnerBench(.shop) { _, _ in .call("http_get", #"{"path":"api"}"#) }
        let tally = await bench.run()
        #expect(tally.failures == ["simulation_invalid_tool_calls"])
        #expect(tally.count("simulation_errors") == 3 && tally.count("decisions") == 3)
        #expect(bench.events.map(\.code).filter { $0 == "simulation_invalid_call" }.count == 3)
        let last = try JSONValue(parsing: try #require(bench.transport.requests[2].body?.bytes))
        let fedBack = last["messages"]?[3]?["content"]?.string
        #expect(fedBack == "Invalid call, nothing was sent: path must begin with /")
    }

    @Test func aValidCallForgivesInvalidOnes() async throws {
        let bench = try RunnerBench(.shop) { request, number in
            guard request.url.hasPrefix("http://model") else { return .json(200, "{}") }
            return number % 3 == 0 ? .call("http_get", #"{"path":"/"}"#) : .call("nonsense", "{}")
        }
        let tally = await bench.run()
        #expect(tally.failures == ["simulation_loop"] && tally.count("decisions") == 20)
    }

    @Test(arguments: [
        (500, "target_5xx"), (404, "simulation_4xx"), (429, "target_429"), (401, "simulation_4xx"),
    ])
    func blamesATargetThatNeverAnsweredWell(status: Int, reason: String) async throws {
        let bench = try RunnerBench(.shop) { request, number in
            if !request.url.hasPrefix("http://model") { return .json(status, "{}") }
            return number < 4 ? .call("http_get", #"{"path":"/api/products"}"#) : .call("finish", "{}")
        }
        let tally = await bench.run()
        #expect(tally.failures == [reason])
    }

    /// 401 to a request that carries what the target handed out: it forgot, the model did nothing wrong.
    @Test func aLostSessionIsTheTargets() async throws {
        let bench = try RunnerBench(.shop) { request, number in
            if !request.url.hasPrefix("http://model") {
                return request.method == "POST" ? .json(200, #"{"token":"abcdef123"}"#) : .json(401, "{}")
            }
            if number == 1 { return .call("http_post", #"{"path":"/login"}"#) }
            return number < 4 ? .call("http_get", #"{"path":"/me?token={{token}}"}"#) : .call("finish", "{}")
        }
        let tally = await bench.run()
        #expect(tally.failures == ["target_4xx"])
        let labels = tally.counters.keys.filter { $0.isOf(.sessionFailures) }.compactMap(\.labelValue)
        #expect(labels == ["target_4xx 401 GET (other) buy"])
        #expect(tally.count("route_errors{route=GET (other) 401 target}") == 1)
    }

    /// A model that asks again and again because the harness cannot send is not to blame for its steps.
    @Test func whatTheHarnessCouldNotSendIsItsOwn() async throws {
        let bench = try RunnerBench(.shop) { request, _ throws(TransferError) in
            guard request.url.hasPrefix("http://model") else { throw TransferError(.other, "no descriptors") }
            return .call("http_get", #"{"path":"/a"}"#)
        }
        #expect(await bench.run().failures == ["harness_transport"])
    }

    @Test func aModelThatWalksInCirclesIsTold() async throws {
        let bench = try RunnerBench(.shop) { request, _ in
            request.url.hasPrefix("http://model") ? .call("http_get", #"{"path":"/a"}"#) : .json(200, "{}")
        }
        let tally = await bench.run()
        #expect(tally.failures == ["simulation_loop"])
        #expect(bench.events.last?.message.contains("asked for /a 20 times") == true)
    }

    /// The time limit is laid at the door of whoever took most of it.
    @Test(arguments: [(true, "target_time_limit"), (false, "inference_time_limit")])
    func aTimeLimitHasItsParty(slowTarget: Bool, reason: String) async throws {
        var scenario = Scenario.shop
        scenario.goals[0].timeoutMicros = 1_000_000
        let bench = try RunnerBench(scenario) { request, number in
            let isModel = request.url.hasPrefix("http://model")
            var answer: FakeTransport.Answer =
                isModel ? .call("http_get", #"{"path":"/\#(number)"}"#) : .json(200, "{}")
            if isModel != slowTarget { answer.micros = 300_000 }
            return answer
        }
        #expect(await bench.run().failures == [reason])
    }

    @Test func filesEveryCallOfOneAnswerAndRunsThemInOrder() async throws {
        let bench = try RunnerBench(.shop) { request, number in
            if !request.url.hasPrefix("http://model") { return .json(200, "{}") }
            guard number == 1 else { return .call("finish", "{}") }
            func call(_ index: Int) -> String {
                let function = #"{"name":"http_get","arguments":"{\"path\":\"/\#(index)\"}"}"#
                return #"{"index":\#(index),"id":"c\#(index)","function":\#(function)}"#
            }
            let calls = (0..<3).map(call).joined(separator: ",")
            return .events([
                #"{"choices":[{"delta":{"tool_calls":[\#(calls)]},"finish_reason":"tool_calls"}]}"#, "[DONE]",
            ])
        }
        let tally = await bench.run()
        #expect(bench.transport.requests[1...3].map(\.url) == ["http://shop/0", "http://shop/1", "http://shop/2"])
        #expect(tally.count("actions{status=2xx}") == 3 && tally.samples("gap") == 2)
        let body = try JSONValue(parsing: try #require(bench.transport.requests[4].body?.bytes))
        #expect(
            body["messages"]?.array?.map { $0["role"]?.string ?? "" }.suffix(4) == [
                "assistant", "tool", "tool", "tool",
            ]
        )
    }

    @Test func speaksJSONWithModelsWithoutTools() async throws {
        var scenario = Scenario.shop
        scenario.inference?.toolMode = .json
        let bench = try RunnerBench(scenario) { request, _ in
            guard request.url.hasPrefix("http://model") else { return Self.shop(request, 0) }
            let body = String(decoding: request.body?.bytes ?? [], as: UTF8.self)
            let path = body.contains("{{csrf_token}}") ? "checkout" : "login"
            let text =
                #"{\"tool\":\"http_post\",\"arguments\":{\"path\":\"/api/\#(path)\",\"body\":{\"t\":\"{{csrf_token}}\"}}}"#
            let first = body.contains("{{csrf_token}}") ? text : text.replacing("{{csrf_token}}", with: "x")
            return .events([#"{"choices":[{"delta":{"content":"\#(first)"},"finish_reason":"stop"}]}"#])
        }
        let tally = await bench.run()
        #expect(tally.failures == [] && tally.count("sessions_succeeded") == 1)
        let body = try JSONValue(parsing: try #require(bench.transport.requests[2].body?.bytes))
        #expect(body["tools"] == nil && body["messages"]?[3]?["role"] == "user")
    }
}
