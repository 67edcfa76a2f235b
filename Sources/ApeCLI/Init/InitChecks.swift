import ApeAgent
import ApeCore
import ApeInference
import ApeProgram
import ApeScenario
import ApeTransfer

/// Looks whether what was answered is there, unless nothing may be contacted.
struct InitChecks: Sendable {
    var isOffline: Bool
    var reactor: Reactor
    private let line = StatusLine()

    /// A target's or an endpoint's URL.
    func url(_ text: String) throws(ApeError) -> BaseURL { try BaseURL(text) }

    /// Looks whether the application answers.
    func target(_ text: String) async throws(ApeError) -> String {
        let url = try url(text)
        guard !isOffline else { return url.text }
        line.show("the application")
        defer { line.clear() }
        if case .failure(let error) = await EndpointProbe(url: url.text + "/").ask(reactor: reactor) {
            throw ApeError(.usage, "\(url.text) does not answer; --offline goes on without", cause: error.message)
        }
        return url.text
    }

    /// The bytes of an OpenAPI document, in a file or at a URL.
    func document(_ text: String) async throws(ApeError) -> [UInt8] {
        guard text.contains("://") else { return try ScenarioFile.bytes(of: text) }
        line.show("the document")
        defer { line.clear() }
        let answer: EndpointProbe.Answer
        switch await EndpointProbe(url: text).ask(reactor: reactor) {
        case .success(let found): answer = found
        case .failure(let error): throw ApeError(.usage, "\(text) does not answer", cause: error.message)
        }
        guard answer.status == 200 else {
            throw ApeError(.usage, "\(text) answers \(answer.status): there is no document")
        }
        guard !answer.isCut else {
            throw ApeError(.usage, "\(text) has more than \(EndpointProbe.documentBytes) bytes")
        }
        return answer.body
    }

    /// Talks with the model.
    ///
    /// - Returns: the endpoint with the API that it speaks and the mode in which its model calls tools.
    func model(_ inference: Scenario.Inference) async throws(ApeError) -> Scenario.Inference {
        guard !isOffline else { return inference }
        line.show("the model")
        defer { line.clear() }
        var inference = inference
        let key = try inference.apiKey.map { source throws(ApeError) in Secret(try source.read()) }
        let trial = try await InferenceTrial.ask(InferenceProbe.sample(inference), apiKey: key, reactor: reactor)
        if let way = trial.wayOut {
            way.apply(to: &inference)
            return inference
        }
        let judgement = InferenceJudgement(inference: inference, url: try BaseURL(inference.baseURL))
        let mask = SecretMask(inference, apiKey: key)
        let findings = judgement.findings(trial).map { $0.masked(by: mask) }
        guard let fault = findings.first(where: { $0.level == .fault }) else { return inference }
        throw ApeError(
            .usage,
            "\(fault.message) To mend it: \(fault.fix.joined(separator: "; ")). --offline goes on without"
        )
    }
}
