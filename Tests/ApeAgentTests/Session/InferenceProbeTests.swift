import ApeCore
import ApeInference
import ApeScenario
import ApeTransfer
import Testing
import TransportKit

@testable import ApeAgent

@Suite struct InferenceProbeTests {
    private static let scenario = """
        name: s
        targets: {shop: {url: "http://shop", endpoints: [GET /items: List the items., POST /orders]}}
        inference: {url: "http://model/v1", model: m}
        goals:
          baseline: {script: [GET /items]}
          buy: {prompt: Order two lamps., success: [{answer: POST /orders, status: 201}]}
        """

    private static let call = """
        data: {"choices":[{"delta":{"reasoning_content":"Look first.","tool_calls":[{"index":0,"id":"c1","type":\
        "function","function":{"name":"http_get","arguments":"{\\"path\\":\\"/items\\"}"}}]},\
        "finish_reason":"tool_calls"}],"usage":{"prompt_tokens":300,"completion_tokens":20}}

        data: [DONE]


        """
    private static let words = """
        data: {"choices":[{"delta":{"content":"Let me think."},"finish_reason":"stop"}]}

        data: [DONE]


        """

    private func probe(
        _ answers: [FakeTransport.Answer]
    ) async throws -> (Result<InferenceProbe.Answer, InferenceProbe.Failure>, FakeTransport) {
        let scenario = try Scenario.read(Array(Self.scenario.utf8), file: "s.yml") {
            (_: String) throws(ApeError) -> [UInt8] in []
        }.scenario
        let transport = FakeTransport { (_, number) throws(TransferError) in
            answers[min(number, answers.count) - 1]
        }
        let prepared = try InferenceProbe.prepare(scenario, apiKey: nil)
        return (await InferenceProbe.converse(prepared, on: transport), transport)
    }

    private func stream(_ text: String) -> FakeTransport.Answer {
        FakeTransport.Answer(headers: [("content-type", "text/event-stream")], body: Array(text.utf8))
    }

    @Test func takesTwoStepsOfTheScenariosOwnGoalAndSendsNothingToATarget() async throws {
        let (result, transport) = try await probe([stream(Self.call)])
        let answer = try result.get()
        #expect(answer.steps.map(\.refusal) == [nil, nil])
        #expect(answer.steps[0].usage?.prompt == 300)
        #expect(transport.requests.map(\.url) == Array(repeating: "http://model/v1/chat/completions", count: 2))
        let first = String(decoding: transport.requests[0].body?.bytes ?? [], as: UTF8.self)
        let second = String(decoding: transport.requests[1].body?.bytes ?? [], as: UTF8.self)
        #expect(first.contains("Order two lamps.") && first.contains("GET /items: List the items."))
        #expect(second.contains(#""reasoning_content":"Look first.""#))
        #expect(second.contains(#"HTTP 200\n{\"status\":\"ok\"}"#))
    }

    @Test func goesOnAfterAnAnswerInWords() async throws {
        let (result, transport) = try await probe([stream(Self.words), stream(Self.call)])
        let answer = try result.get()
        #expect(answer.steps.map(\.refusal) == ["it calls no tool", nil, nil])
        #expect(answer.hasCall)
        #expect(transport.requests.count == 3)
    }

    @Test func endsWhereASessionWould() async throws {
        let (result, transport) = try await probe([stream(Self.words)])
        #expect(try result.get().steps.count == SessionMachine.maximumInvalidCalls)
        #expect(try !result.get().hasCall)
        #expect(transport.requests.count == 3)
    }

    @Test func tellsWhichStepWasRefused() async throws {
        let words = #"{"error":{"message":"Function call is missing a thought_signature"}}"#
        let (result, _) = try await probe([stream(Self.call), .json(400, words)])
        guard case .failure(let failure) = result else { throw ApeError(.json, "it did not fail") }
        #expect(failure.kind == .status(400))
        #expect(failure.step == 2)
        #expect(failure.message.contains("thought_signature"))
    }

    @Test func tellsThatToolsAreRefused() async throws {
        let (result, _) = try await probe([.json(400, #"{"error":{"message":"m does not support tools"}}"#)])
        guard case .failure(let failure) = result else { throw ApeError(.json, "it did not fail") }
        #expect(failure.refusesTools)
        #expect(failure.step == 1)
    }
}
