import ApeAgent
import ApeCore
import ApeInference
import ApeProgram

/// Says what an inference endpoint's answer to a probe means for a run.
struct InferenceJudgement: Sendable {
    static let check = "inference"

    var inference: Scenario.Inference
    var url: BaseURL

    /// Judges what came of a talk with the model.
    func findings(_ trial: InferenceTrial) -> [Finding] {
        switch trial.result {
        case .failure(let failure): [finding(failure, trial.wayOut)]
        case .success(let answer): [streamed(answer), called(answer, trial.wayOut)]
        }
    }

    private func streamed(_ answer: InferenceProbe.Answer) -> Finding {
        guard let step = answer.steps.first(where: { $0.firstTokenMicros != nil }) else {
            return Finding(
                Self.check,
                .fault,
                "\(inference.model) at \(url.text) ends its answer without a token.",
                fix: ["give it room with inference.max_completion_tokens, or name another model"]
            )
        }
        let first = step.firstTokenMicros.map { ", first token after \(Milliseconds.text($0))" } ?? ""
        let message =
            "\(inference.model) at \(url.text) streams an answer in \(Milliseconds.text(step.totalMicros))\(first)."
        if answer.steps.contains(where: { $0.usage != nil }) { return Finding(Self.check, .ok, message) }
        return Finding(Self.check, .note, message + " It tells no token counts, so reports show none.")
    }

    private func called(_ answer: InferenceProbe.Answer, _ wayOut: InferenceTrial.WayOut?) -> Finding {
        let check = Self.check + ".tool_calls"
        let mode = inference.toolMode.rawValue
        let refusal = answer.steps.compactMap(\.refusal).first
        guard let refusal else {
            return Finding(
                check,
                .ok,
                "The model calls tools (tool_mode: \(mode)) and goes on after an answer; no request was sent to a target."
            )
        }
        let why = "one of its answers was no call (\(refusal))"
        if answer.hasCall {
            return Finding(
                check,
                .warning,
                "The model calls tools (tool_mode: \(mode)), but \(why). A session goes on."
            )
        }
        let fix =
            inference.toolMode == .tools
            ? "name a model that can call tools, start the endpoint with its tool parser, or shorten the goal"
            : "name a larger model, or show an example call in the goal's prompt"
        return Finding(
            check,
            .fault,
            "The model made no call in \(answer.steps.count) answers (tool_mode: \(mode)): \(refusal). Its sessions would "
                + "end as invalid_tool_calls.",
            fix: [wayOut?.fix ?? fix]
        )
    }

    private func finding(_ failure: InferenceProbe.Failure, _ wayOut: InferenceTrial.WayOut?) -> Finding {
        let second = failure.step > 1 ? "request \(failure.step), which gives back what the model said before: " : ""
        let message = "\(inference.model): \(second)\(failure.message)."
        if let wayOut { return Finding(Self.check, .fault, message, fix: [wayOut.fix]) }
        let fix: String
        switch failure.kind {
        case .transport(let kind):
            let judgement = EndpointJudgement(
                check: Self.check,
                name: "The inference endpoint",
                url: url,
                caKey: "inference.ca_file"
            )
            return judgement.unreachable(kind, failure.message)
        case .stream:
            fix = "see what it sends, or name the API that it speaks with inference.api (now \(inference.api.rawValue))"
        case .status(401), .status(403):
            fix = "correct the key: \(Self.keyPlace(inference.apiKey))"
        case .status(404):
            fix = "correct inference.url (requests go to \(inference.requestURL)), inference.api or inference.model"
        case .status where failure.refusesTools:
            fix = "start the endpoint with its tool parser, or set inference.tool_mode: json"
        case .status(429):
            fix = "wait, or ask for a greater budget: set inference.requests_per_minute to what it grants"
        case .status(let status) where status >= 500:
            fix = "look into the endpoint's log: a 5xx is its own failure"
        case .status:
            fix = "correct what it complains of: inference.model, inference.body, inference.max_completion_tokens"
        }
        return Finding(Self.check, .fault, message, fix: [fix])
    }

    private static func keyPlace(_ source: Scenario.SecretSource?) -> String {
        switch source {
        case .environment(let name): "export \(name)=..."
        case .file(let path): "the file \(path)"
        case nil: "name the variable that holds it with inference.api_key_env"
        }
    }
}
