import ApeCore
import ApeMetrics
import ApeTransfer
import Synchronization
import Testing
import TransportKit

@testable import ApeAgent

/// What a session makes of answers that are no calls, and of endpoints that refuse what they are sent.
@Suite struct ModelEndingsTests {
    private static func stream(_ finish: String, tokens: Int = 10) -> FakeTransport.Answer {
        .events([
            #"{"choices":[{"delta":{"content":"hm"}}]}"#,
            #"{"choices":[{"delta":{},"finish_reason":"\#(finish)"}]}"#,
            #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":\#(tokens)}}"#, "[DONE]",
        ])
    }

    @Test(arguments: [(1024, false), (10, true)])
    func anAnswerThatWasCutIsToldWithItsLimit(tokens: Int, isEndpoints: Bool) async throws {
        let bench = try RunnerBench(.shop) { _, _ in Self.stream("length", tokens: tokens) }
        let tally = await bench.run()
        #expect(tally.failures == ["simulation_answer_cut"] && tally.count("decisions") == 3)
        let message = try #require(bench.events.last?.message)
        #expect(message.contains("raise inference.max_completion_tokens (1024)"))
        #expect(message.contains("a limit or context of its own") == isEndpoints)
    }

    @Test func anAnswerThatWasWithheldIsTheEndpoints() async throws {
        let bench = try RunnerBench(.shop) { _, _ in Self.stream("content_filter") }
        let tally = await bench.run()
        #expect(tally.failures == ["inference_content_filter"] && tally.count("decisions") == 1)
        #expect(bench.events.last?.message == "the endpoint withheld the model's answer (content_filter)")
    }

    /// A conversation that the endpoint finds too long loses half of itself and is sent once more.
    @Test func aConversationThatIsTooLongIsShortenedOnce() async throws {
        let overflow = #"{"error":{"message":"too long","code":"context_length_exceeded"}}"#
        let bench = try RunnerBench(.shop) { request, number in
            guard request.url.hasPrefix("http://model") else { return .json(200, #"{"id":1}"#) }
            let turns = (try? JSONValue(parsing: request.body?.bytes ?? []))?["messages"]?.array ?? []
            if turns.count > 8 { return .json(400, overflow) }
            return .call("http_get", #"{"target":"shop","path":"/api/products?n=\#(number)"}"#)
        }
        let tally = await bench.run()
        #expect(tally.failures == ["simulation_step_limit"], "the session went on to its last step")
        #expect(tally.count("actions{status=2xx}") == 20)
        #expect(tally.count("decision_errors{reason=http_4xx}") == tally.count("decisions") - 20)
        let small = try RunnerBench(.shop) { request, _ in .json(400, overflow) }
        #expect(await small.run().failures == ["inference_4xx"])
        #expect(small.transport.requests.count == 1)
        #expect(small.events.last?.message.contains("list fewer endpoints") ?? false)
    }

    /// An endpoint that refuses a form of answers is sent the next simpler one, by all agents from then on.
    @Test func aFormThatIsRefusedGivesWayToTheNext() async throws {
        var scenario = Scenario.shop
        scenario.inference?.toolMode = .json
        scenario.inference?.body = ["seed": 1]
        let kinds = Mutex<[String]>([])
        let bench = try RunnerBench(scenario, sessions: 2) { request, _ in
            guard request.url.hasPrefix("http://model") else { return .json(201, "{}") }
            let sent = try? JSONValue(parsing: request.body?.bytes ?? [])
            let form = sent?["response_format"]?["type"]?.string ?? "none"
            kinds.withLock { $0.append(form) }
            if form != "none" { return .json(400, #"{"error":{"message":"response_format is not supported"}}"#) }
            let call = #"{\"tool\":\"http_post\",\"arguments\":{\"target\":\"shop\",\"path\":\"/api/checkout\"}}"#
            return .events([
                #"{"choices":[{"delta":{"content":"\#(call)"},"finish_reason":"stop"}]}"#,
                #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1}}"#,
            ])
        }
        let tally = await bench.run()
        #expect(kinds.withLock { $0 } == ["json_schema", "json_object", "none", "none"])
        #expect(tally.count("sessions_succeeded") == 2 && tally.count("decision_errors{reason=http_4xx}") == 2)
    }

    @Test func aPersonSeesTheConversationWithoutItsSecrets() async throws {
        let lines = Mutex<[String]>([])
        let log = TrialLog(bytes: 200) { line in lines.withLock { $0.append(line) } }
        var scenario = Scenario.shop
        scenario.goals[0].data = [["username": "ada", "password": "hunter-22"]]
        let outcome = await TrialRun.run(
            try PreparedScenario(
                scenario,
                run: "r",
                seed: 0,
                apiKey: nil,
                gate: nil,
                onDialogue: { log.show($0, $1) }
            ),
            agent: 0,
            on: FakeTransport { request, _ in AgentRunnerTests.shop(request, 0) },
            log: log
        )
        #expect(outcome == .proven)
        let text = lines.withLock { $0 }.joined(separator: "\n")
        #expect(text.contains("goal      Buy two \"headphones\"; you are ada."))
        #expect(text.contains("called    http_post {\"target\":\"shop\",\"path\":\"/api/login\""))
        #expect(text.contains("told      HTTP 200 captured: {{csrf_token}}"))
        #expect(text.contains("tokens    10 in, 5 out; "))
        #expect(!text.contains("hunter-22") && !text.contains("sent      {\"t\":\"c-42\"}"))
    }
}
