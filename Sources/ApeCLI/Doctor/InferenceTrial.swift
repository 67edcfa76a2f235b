import ApeAgent
import ApeCore
import ApeInference
import ApeTransfer

/// A talk with a scenario's model, and where that leads nowhere, the change of the scenario with which it would.
struct InferenceTrial: Sendable {
    /// A change that was tried and works.
    enum WayOut: Sendable, Equatable {
        case api(Scenario.InferenceAPI)
        case json

        func apply(to inference: inout Scenario.Inference) {
            switch self {
            case .api(let api): inference.api = api
            case .json: inference.toolMode = .json
            }
        }

        var fix: String {
            switch self {
            case .api(let api): "set inference.api: \(api.rawValue), which the endpoint speaks"
            case .json: "set inference.tool_mode: json, in which the model answers well"
            }
        }
    }

    var result: Result<InferenceProbe.Answer, InferenceProbe.Failure>
    var wayOut: WayOut?

    /// Talks with the model, and again for each change that may help.
    ///
    /// - Throws: ``ApeError`` of code `scenario` for what cannot be run.
    static func ask(_ scenario: Scenario, apiKey: Secret?, reactor: Reactor) async throws(ApeError) -> Self {
        var trial = Self(result: try await InferenceProbe.ask(scenario, apiKey: apiKey, reactor: reactor))
        guard let inference = scenario.inference else { return trial }
        for way in ways(inference, after: trial.result) {
            var other = scenario
            var changed = inference
            way.apply(to: &changed)
            other.inference = changed
            guard case .success(let answer) = try await InferenceProbe.ask(other, apiKey: apiKey, reactor: reactor),
                answer.hasCall
            else { continue }
            trial.wayOut = way
            break
        }
        return trial
    }

    /// What is worth trying, the likeliest first.
    static func ways(
        _ inference: Scenario.Inference,
        after result: Result<InferenceProbe.Answer, InferenceProbe.Failure>
    ) -> [WayOut] {
        let json: [WayOut] = inference.toolMode == .tools ? [.json] : []
        switch result {
        case .success(let answer): return answer.hasCall ? [] : json
        case .failure(let failure):
            guard case .status(let status) = failure.kind else { return [] }
            let words = failure.message.lowercased()
            if words.contains("/responses"), inference.api == .chat { return [.api(.responses)] + json }
            if failure.refusesTools { return json }
            // A 404 may be about the model's name, which no other path would change.
            guard status == 405 || status == 404 && !words.contains("model") else { return [] }
            return Scenario.InferenceAPI.allCases.filter { $0 != inference.api }.map { .api($0) }
        }
    }
}
