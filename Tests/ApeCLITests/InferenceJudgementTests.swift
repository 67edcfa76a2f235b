import ApeAgent
import ApeCore
import ApeInference
import ApeProgram
import ApeTransfer
import Testing

@testable import ApeCLI

/// What is said of a model's answers.
@Suite struct InferenceJudgementTests {
    private typealias Trial = Result<InferenceProbe.Answer, InferenceProbe.Failure>

    private func findings(_ result: Trial, wayOut: InferenceTrial.WayOut? = nil) throws -> [Finding] {
        var inference = Scenario.Inference(baseURL: "https://model.example.com/v1", model: "m")
        inference.apiKey = .environment(name: "MODEL_KEY")
        let judgement = InferenceJudgement(inference: inference, url: try BaseURL(inference.baseURL))
        return judgement.findings(InferenceTrial(result: result, wayOut: wayOut))
    }

    private let good = InferenceProbe.Step(
        firstTokenMicros: 250_000,
        totalMicros: 400_000,
        usage: TokenUsage(prompt: 300, completion: 20)
    )
    private let words = InferenceProbe.Step(
        firstTokenMicros: 250_000,
        totalMicros: 400_000,
        refusal: "it calls no tool"
    )

    @Test func findsNothingWrongWithGoodAnswers() throws {
        let found = try findings(.success(.init(steps: [good, good])))
        #expect(found.map(\.level) == [.ok, .ok])
        #expect(found[0].message.contains("in 400 ms, first token after 250 ms"))
    }

    @Test func warnsOfAnAnswerInWordsAndFaultsASessionOfThem() throws {
        let found = try findings(.success(.init(steps: [words, good, good])))
        #expect(found.map(\.level) == [.ok, .warning])
        #expect(found[1].message.contains("it calls no tool"))
        let silent = InferenceProbe.Answer(steps: [words, words, words])
        #expect(try findings(.success(silent)).map(\.level) == [.note, .fault])
        #expect(
            try findings(.success(silent), wayOut: .json)[1].fix == [
                "set inference.tool_mode: json, in which the model answers well"
            ]
        )
    }

    @Test func tellsAnswersWithoutTokensOrCounts() throws {
        var step = good
        step.usage = nil
        #expect(try findings(.success(.init(steps: [step])))[0].level == .note)
        step.firstTokenMicros = nil
        #expect(try findings(.success(.init(steps: [step])))[0].level == .fault)
    }

    @Test(arguments: [
        (InferenceProbe.Failure.Kind.status(401), "export MODEL_KEY=..."), (.status(404), "inference.api"),
        (.status(429), "requests_per_minute"), (.status(500), "log"), (.status(400), "inference.body"),
        (.stream, "inference.api"), (.transport(.refused), "nc -vz model.example.com 443"),
    ])
    func saysWhatMendsAFailure(_ kind: InferenceProbe.Failure.Kind, _ fix: String) throws {
        let found = try findings(.failure(.init(kind, "it failed")))
        #expect(found.map(\.level) == [.fault])
        #expect(found[0].fix[0].contains(fix), "\(found[0].fix)")
    }

    @Test func namesTheWayOutThatWorks() throws {
        let refused = InferenceProbe.Failure(.status(500), "no tools here", refusesTools: true)
        #expect(try findings(.failure(refused))[0].fix[0].contains("inference.tool_mode: json"))
        let responses = try findings(.failure(.init(.status(405), "no")), wayOut: .api(.responses))
        #expect(responses[0].fix == ["set inference.api: responses, which the endpoint speaks"])
        let second = try findings(.failure(.init(.status(400), "it failed", step: 2)))
        #expect(second[0].message.contains("request 2, which gives back what the model said before: it failed"))
    }

    @Test func triesWhatMayHelp() {
        let chat = Scenario.Inference(baseURL: "https://model.example.com/v1", model: "m")
        var json = chat
        json.toolMode = .json
        func ways(_ result: Trial, _ inference: Scenario.Inference? = nil) -> [InferenceTrial.WayOut] {
            InferenceTrial.ways(inference ?? chat, after: result)
        }
        #expect(ways(.success(.init(steps: [good]))) == [])
        #expect(ways(.success(.init(steps: [words]))) == [.json])
        #expect(ways(.success(.init(steps: [words])), json) == [])
        #expect(ways(.failure(.init(.status(400), "no tools", refusesTools: true))) == [.json])
        #expect(ways(.failure(.init(.status(404), "Not Found"))) == [.api(.responses), .api(.messages)])
        #expect(ways(.failure(.init(.status(404), "the model m does not exist"))) == [])
        #expect(ways(.failure(.init(.status(400), "use /v1/responses"))).first == .api(.responses))
        #expect(ways(.failure(.init(.transport(.refused), "refused"))) == [])
    }
}
