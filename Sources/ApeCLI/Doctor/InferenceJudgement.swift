import ApeAgent
import ApeCore
import ApeProgram

/// Says what an inference endpoint's answer to a probe means for a run.
struct InferenceJudgement: Sendable {
    static let check = "inference"

    var inference: Scenario.Inference
    var url: BaseURL

    /// Judges what came of one decision; `jsonWorks` tells whether the model answered well in `tool_mode: json`, where
    /// that was tried.
    func findings(_ result: Result<InferenceProbe.Answer, InferenceProbe.Failure>, jsonWorks: Bool) -> [Finding] {
        switch result {
        case .failure(let failure): [finding(failure)]
        case .success(let answer): [streamed(answer), called(answer, jsonWorks: jsonWorks)]
        }
    }

    private func streamed(_ answer: InferenceProbe.Answer) -> Finding {
        let first = answer.firstTokenMicros.map { ", first token after \(Milliseconds.text($0))" } ?? ""
        let message =
            "\(inference.model) at \(url.text) streams an answer in \(Milliseconds.text(answer.totalMicros))\(first)."
        guard answer.firstTokenMicros != nil else {
            return Finding(
                Self.check,
                .fault,
                "\(inference.model) at \(url.text) ends its answer without a token.",
                fix: ["give it room with inference.max_completion_tokens, or name another model"]
            )
        }
        if answer.hasUsage { return Finding(Self.check, .ok, message) }
        return Finding(Self.check, .note, message + " It tells no token counts, so reports show none.")
    }

    private func called(_ answer: InferenceProbe.Answer, jsonWorks: Bool) -> Finding {
        let check = Self.check + ".tool_calls"
        let mode = inference.toolMode.rawValue
        if answer.hasCall { return Finding(check, .ok, "The model calls tools (tool_mode: \(mode)).") }
        let fix =
            jsonWorks
            ? "set inference.tool_mode: json, in which it answers well"
            : "name a model that can call tools, or start the endpoint with its tool parser"
        return Finding(
            check,
            .fault,
            "The model did not call the tool that it was told to call (tool_mode: \(mode)): its sessions would end as "
                + "invalid_tool_calls.",
            fix: [fix]
        )
    }

    private func finding(_ failure: InferenceProbe.Failure) -> Finding {
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
            fix = "see what it sends: an OpenAI-compatible endpoint streams chat completions"
        case .status(401), .status(403):
            fix = "correct the key: \(Self.keyPlace(inference.apiKey))"
        case .status(404):
            fix = "correct inference.url (requests go to \(url.text)/chat/completions) or inference.model"
        case .status(429):
            fix = "wait, or ask for a greater budget: set inference.requests_per_minute to what it grants"
        case .status(let status) where status >= 500:
            fix = "look into the endpoint's log: a 5xx is its own failure"
        case .status:
            fix = "correct what it complains of: inference.model, inference.body, inference.max_completion_tokens"
        }
        return Finding(Self.check, .fault, "\(inference.model): \(failure.message).", fix: [fix])
    }

    private static func keyPlace(_ source: Scenario.SecretSource?) -> String {
        switch source {
        case .environment(let name): "export \(name)=..."
        case .file(let path): "the file \(path)"
        case nil: "name the variable that holds it with inference.api_key_env"
        }
    }
}
