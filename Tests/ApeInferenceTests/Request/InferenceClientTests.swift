import ApeCore
import ApeMetrics
import ApeTransfer
import Testing
import TransportKit

@testable import ApeInference

@Suite struct InferenceClientTests {
    private func prepared(_ scenario: Scenario, apiKey: Secret? = nil) throws -> PreparedInference {
        PreparedInference(
            try #require(scenario.inference),
            limits: scenario.limits,
            tools: [ToolDefinition(name: "look", description: "Look.", parameters: ["type": "object"])],
            instructions: "Do it.",
            apiKey: apiKey,
            gate: nil
        )
    }

    private func decide(
        deadline: Int64 = 600_000_000,
        apiKey: Secret? = nil,
        governor: RateGovernor = RateGovernor(),
        _ adjust: (inout Scenario) -> Void = { _ in },
        respond: @escaping @Sendable (TransferRequest, Int) throws(TransferError) -> FakeTransport.Answer
    ) async throws -> (DecisionOutcome, FakeTransport) {
        let transport = FakeTransport(respond: respond)
        var scenario = Scenario.shop
        adjust(&scenario)
        let client = InferenceClient(
            prepared: try prepared(scenario, apiKey: apiKey),
            transport: transport,
            governor: governor
        )
        var random = SeededRandom(seed: 5)
        let trace = TraceContext(random: &random)
        var conversation = Conversation(client.prepared, goal: "Go.", contextTokens: 8000)
        let request = conversation.request { "" }
        let decision = RunningDecision(client, request, deadlineMicros: deadline, trace: trace, random: random)
        try await decision.run()
        return (decision.outcome, transport)
    }

    private func fault(_ outcome: DecisionOutcome) -> InferenceFault? {
        if case .failure(let fault) = outcome.result { fault } else { nil }
    }

    @Test func measuresFromTheTransportToTheToken() async throws {
        let (outcome, transport) = try await decide(apiKey: Secret("k-1")) { _, _ in
            .call("http_get", #"{"target":"shop","path":"/"}"#)
        }
        #expect(outcome.startedMicros == 1_000_000)
        #expect(outcome.ttftMicros == 10_100)
        #expect(outcome.attemptTTFTMicros == 10_100)
        #expect(outcome.contentTTFTMicros == 10_100)
        #expect(outcome.toolCallMicros == 10_100)
        #expect(outcome.generationMicros == 100)
        #expect(outcome.decisionMicros == 10_200)
        #expect(outcome.retryWaitMicros == 0 && outcome.faults.isEmpty)
        #expect(try outcome.result.get().usage == TokenUsage(prompt: 10, completion: 5))
        let request = try #require(transport.requests.first)
        #expect(request.url == "http://model/v1/chat/completions")
        #expect(request.headers.contains { $0 == ("Authorization", "Bearer k-1") })
        #expect(request.headers.contains { $0.name == "traceparent" && $0.value.utf8.count == 55 })
    }

    @Test func keepsFailedAttemptsInTheTTFTAndTheirWaitsApart() async throws {
        let (outcome, transport) = try await decide { _, number in
            if number == 1 {
                return FakeTransport.Answer(status: 429, headers: [("Retry-After", "2")], body: [], micros: 1000)
            }
            if number == 2 { return FakeTransport.Answer(status: 503, micros: 1000) }
            return .call("http_get", "{}")
        }
        #expect(outcome.faults.map(\.counted.rawValue) == ["http_429", "http_5xx"])
        #expect(transport.sleeps.count == 2 && transport.sleeps[0] >= 2_000_000)
        #expect(outcome.retryWaitMicros == transport.sleeps.reduce(0, +))
        #expect(outcome.ttftMicros == 2000 + outcome.retryWaitMicros + 10_100)
        #expect(outcome.attemptTTFTMicros == 10_100)
    }

    @Test(arguments: [(TransferError.Kind.other, true), (.refused, false)])
    func keepsTheWaitsBehindTheHarnesssOwnFaultsApart(kind: TransferError.Kind, isOwn: Bool) async throws {
        let (outcome, transport) = try await decide { _, number throws(TransferError) in
            if number == 1 { throw TransferError(kind, "no") }
            return number == 2 ? FakeTransport.Answer(status: 503, micros: 1000) : .call("http_get", "{}")
        }
        #expect(transport.sleeps.count == 2 && outcome.ownWaitMicros == (isOwn ? transport.sleeps[0] : 0))
    }

    @Test func givesUpAfterItsRetries() async throws {
        let (outcome, transport) = try await decide { _, _ in FakeTransport.Answer(status: 429) }
        #expect(transport.requests.count == 4)
        #expect(fault(outcome)?.reason.rawValue == "inference_429")
        #expect(outcome.ttftMicros == outcome.decisionMicros, "a failed wait is a wait")
        let (late, patient) = try await decide { _, _ in
            FakeTransport.Answer(status: 429, headers: [("Retry-After", "3600")])
        }
        #expect(patient.requests.count == 1 && fault(late)?.reason.rawValue == "inference_429")
    }

    @Test(arguments: [
        (400, "inference_4xx", "http_4xx", 1), (401, "inference_auth", "http_auth", 1),
        (404, "inference_4xx", "http_4xx", 1), (408, "inference_4xx", "http_4xx", 4),
        (409, "inference_4xx", "http_4xx", 4),
        (500, "inference_5xx", "http_5xx", 4), (529, "inference_5xx", "http_5xx", 4),
        (302, "inference_http_status", "http_status", 1),
    ])
    func filesStatuses(status: Int, reason: String, label: String, attempts: Int) async throws {
        let (outcome, transport) = try await decide { _, _ in FakeTransport.Answer(status: status) }
        #expect(fault(outcome)?.reason.rawValue == reason)
        #expect(fault(outcome)?.counted.rawValue == label)
        #expect(transport.requests.count == attempts)
    }

    @Test(arguments: [
        (TransferError.Kind.refused, "inference_refused", 4), (.resolve, "inference_dns", 4),
        (.firstByteTimeout, "inference_timeout", 4), (.tls, "inference_tls", 1),
        (.notAllowed, "harness_not_allowed", 1),
        (.closed, "inference_closed", 4), (.protocolError, "inference_protocol", 1),
    ])
    func filesTransportFailures(kind: TransferError.Kind, reason: String, attempts: Int) async throws {
        let (outcome, transport) = try await decide { _, _ throws(TransferError) in throw TransferError(kind, "no") }
        #expect(fault(outcome)?.reason.rawValue == reason)
        #expect(transport.requests.count == attempts)
    }

    /// A stream that has begun is a failed decision when it breaks: its tokens are out, it is not asked for again.
    @Test func doesNotRepeatAStreamThatBegan() async throws {
        let (broken, transport) = try await decide { _, _ in
            var answer = FakeTransport.Answer.events([#"{"choices":[{"delta":{"content":"a"}}]}"#])
            answer.breaks = .closed
            return answer
        }
        #expect(fault(broken)?.reason.rawValue == "inference_stream" && transport.requests.count == 1)
        let (short, again) = try await decide { _, _ in .events([#"{"choices":[{"delta":{"content":"a"}}]}"#]) }
        #expect(fault(short)?.kind == .stream(.cutShort) && again.requests.count == 1)
    }

    /// An error before the first token costs nobody a token: the request is made again. One after it is a failed decision.
    @Test func repeatsAStreamThatBeganWithAnError() async throws {
        let error = #"{"error":{"message":"overloaded","code":"overloaded_error"}}"#
        let (outcome, transport) = try await decide { _, number in
            number == 1 ? .events([error]) : .call("look", "{}")
        }
        #expect(try outcome.result.get().turn.calls.count == 1 && transport.requests.count == 2)
        #expect(outcome.faults.map(\.counted.rawValue) == ["error_object"])
        let (late, once) = try await decide { _, _ in .events([#"{"choices":[{"delta":{"content":"a"}}]}"#, error]) }
        #expect(fault(late)?.counted.rawValue == "error_object" && once.requests.count == 1)
        let (wrong, only) = try await decide { _, _ in
            .events([#"{"error":{"message":"no such model","code":"invalid_request_error"}}"#])
        }
        #expect(fault(wrong)?.counted.rawValue == "error_object" && only.requests.count == 1)
    }

    @Test(arguments: [true, false])
    func tokensOfAllAttemptsAreCounted(tellsUsage: Bool) async throws {
        let (outcome, _) = try await decide { _, number in
            if number == 1 { return FakeTransport.Answer(status: 503) }
            let usage = #"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}"#
            return .events([
                #"{"choices":[{"delta":{"content":"12345678"},"finish_reason":"stop"}]}"#,
                tellsUsage ? usage : "[DONE]",
            ])
        }
        let usage = try #require(outcome.usage)
        if tellsUsage {
            #expect(usage == TokenUsage(prompt: 10, completion: 5) && outcome.estimatedTokens == 0)
        } else {
            #expect(usage.completion == 2 && usage.prompt > 50, "by the bytes that went over the wire")
            #expect(outcome.estimatedTokens == usage.prompt + usage.completion)
        }
    }

    @Test func refusesAnAnswerThatIsNoStream() async throws {
        let (outcome, _) = try await decide { _, _ in
            .json(200, #"{"choices":[{"message":{"content":"whole"},"finish_reason":"stop"}]}"#)
        }
        #expect(fault(outcome)?.reason.rawValue == "inference_not_streaming")
    }

    @Test func blamesTheSessionsEndForWhatItCut() async throws {
        let (outcome, transport) = try await decide(deadline: 1_005_000) { _, _ throws(TransferError) in
            throw TransferError(.connectTimeout, "late")
        }
        #expect(fault(outcome)?.reason.rawValue == "inference_timeout")
        #expect(transport.requests.first?.totalTimeoutMicros == 5000)
        let (late, _) = try await decide(deadline: 1_000_000) { _, _ throws(TransferError) in
            throw TransferError(.totalTimeout, "late")
        }
        #expect(fault(late)?.kind == .sessionEnd)
    }

    @Test func buildsTheBodyAroundTheMessages() throws {
        var scenario = Scenario.shop
        scenario.inference?.temperature = 0.5
        scenario.inference?.body = ["reasoning_effort": "low", "stream": false, "stream_options": ["x": 1]]
        let body = try body(scenario)
        #expect(body["model"] == "m" && body["stream"] == true)
        #expect(
            body["messages"] == [
                ["role": "system", "content": "Do it."], ["role": "user", "content": "Say \"b\"."],
            ]
        )
        #expect(body["stream_options"] == ["x": 1, "include_usage": true])
        #expect(body["temperature"] == 0.5 && body["reasoning_effort"] == "low")
        #expect(body["max_completion_tokens"] == 1024)
        let function: JSONValue = ["name": "look", "description": "Look.", "parameters": ["type": "object"]]
        #expect(body["tools"] == [["type": "function", "function": function]])
        scenario.inference?.body = ["max_tokens": 5]
        scenario.inference?.toolMode = .json
        let other = try self.body(scenario)
        #expect(other["tools"] == nil && other["max_tokens"] == 5 && other["max_completion_tokens"] == nil)
        let instructions = try #require(other["messages"]?[0]?["content"]?.string)
        #expect(instructions.hasPrefix("Do it.\n\nAnswer with exactly one JSON object and nothing else: "))
        #expect(instructions.hasSuffix("\n- look {}: Look."))
    }

    private func body(_ scenario: Scenario) throws -> JSONValue {
        let prepared = try prepared(scenario)
        var conversation = Conversation(prepared, goal: "Say \"b\".", contextTokens: 8000)
        return try JSONValue(parsing: prepared.body(prepared.head.bytes, conversation.request { "" }).bytes)
    }

    @Test(arguments: [
        "x-ratelimit-limit-requests", "x-ratelimit-limit-requests-minute", "x-ratelimit-limit-req-minute",
        "anthropic-ratelimit-requests-limit",
    ])
    func obeysTheLimitThatTheEndpointNames(header: String) async throws {
        let governor = RateGovernor()
        governor.setShare(agents: 25, of: 100)
        #expect(governor.reserve(at: 0) == 0 && !governor.isLimiting)
        _ = try await decide(governor: governor) { _, _ in
            var answer = FakeTransport.Answer.call("look", "{}")
            answer.headers = [(header, "240")]
            return answer
        }
        // A quarter of 240 a minute is one a second.
        let waits = (0..<3).map { _ in governor.reserve(at: 1_000_000) }
        #expect(waits == [0, 1_000_000, 2_000_000])
    }

    @Test(arguments: ["", "none", "-3", "0", "nan", "inf", "1e999"])
    func believesNoLimitThatIsNone(limit: String) async throws {
        let governor = RateGovernor()
        _ = try await decide(governor: governor) { _, _ in
            FakeTransport.Answer(headers: [("x-ratelimit-limit-requests", limit)])
        }
        #expect(!governor.isLimiting)
    }

    @Test func theScenariosBudgetWinsOverTheEndpoints() async throws {
        let governor = RateGovernor(fleetRequestsPerMinute: 60)
        _ = try await decide(governor: governor) { _, _ in
            FakeTransport.Answer(status: 400, headers: [("x-ratelimit-limit-requests", "6000")])
        }
        #expect((0..<3).map { _ in governor.reserve(at: 50_000_000) } == [0, 1_000_000, 2_000_000])
    }
}
