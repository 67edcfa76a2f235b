import ApeCore
import ApeMetrics
import ApeTransfer

/// An answer of an endpoint that is no 2xx: what it says, whether to ask again, and what the user can do.
struct Refusal {
    let status: Int
    /// The endpoint's own words, as long as they are.
    let words: String
    let code: String?
    /// What `x-should-retry` says; nil where it says nothing.
    private let shouldRetry: Bool?
    private let lowered: String

    init(_ response: TransferResponse) {
        status = response.status
        let error = EndpointError(body: response.body)
        words = error?.message ?? String(decoding: response.body, as: UTF8.self)
        code = error?.code
        switch response.header("x-should-retry") {
        case "true": shouldRetry = true
        case "false": shouldRetry = false
        default: shouldRetry = nil
        }
        lowered = words.lowercased()
    }

    /// Codes of a 429 that time does not mend: the account is out of money.
    private static let spent: Set<String> = [
        "insufficient_quota", "credit_balance_exhausted", "enforced_spend_limit_reached", "billing_hard_limit_reached",
    ]

    /// Whether a further attempt may do better (the rule of both vendors' own clients).
    var isRetryable: Bool {
        if let shouldRetry { return shouldRetry }
        if let code, Self.spent.contains(code) { return false }
        return [408, 409, 429].contains(status) || status >= 500 && !refusesTools
    }

    /// Whether the conversation is longer than the model takes.
    var isContextOverflow: Bool {
        guard [400, 413, 422, 500].contains(status) else { return false }
        if let code, ["context_length_exceeded", "exceed_context_size_error"].contains(code) { return true }
        return status == 413
            || Self.overflows.contains { lowered.contains($0) }
    }

    private static let overflows = [
        "context length", "context window", "context size", "context_length", "maximum context", "prompt is too long",
        "too many tokens", "exceeds the available context", "input is too long", "maximum number of tokens",
        "reduce the length of the messages",
    ]

    /// Whether it may be about the form that the answer, or a tool's arguments, are held to.
    var isAboutForm: Bool {
        guard [400, 404, 422, 500, 501].contains(status), !isContextOverflow else { return false }
        return Self.formWords.contains { lowered.contains($0) }
    }

    private static let formWords = [
        "response_format", "json_schema", "json_object", "schema", "grammar", "structured", "text.format", "'strict'",
        "\"strict\"", ".strict", "output_config", "additionalproperties", "guided",
    ]

    /// Whether the endpoint takes no tools.
    var refusesTools: Bool {
        guard [400, 404, 405, 422, 500, 501].contains(status) else { return false }
        return lowered.contains("tool") && !isAboutForm && Self.denials.contains { lowered.contains($0) }
    }

    private static let denials = [
        "not support", "unsupported", "requires", "not enabled", "no endpoints found", "not allowed", "not permitted",
        "not available", "unknown", "unrecognized", "extra", "--jinja", "cannot",
    ]

    /// What the user can change, by the scenario's keys; nil where the words say enough.
    var advice: String? {
        if lowered.contains("/v1/responses") { return "set inference.api: responses" }
        if refusesTools { return "where an endpoint takes no tools, set inference.tool_mode: json" }
        guard [400, 422].contains(status) else { return nil }
        let limits = ["max_completion_tokens", "max_tokens", "max_output_tokens"]
        if limits.contains(where: { lowered.contains($0) }), !isContextOverflow {
            return "name the member that it takes with inference.token_limit_key"
        }
        let removable = [
            "stream_options", "temperature", "cache_control", "parallel_tool_calls", "response_format",
        ]
        guard let member = removable.first(where: { lowered.contains($0) }) else { return nil }
        return member == "temperature"
            ? "leave out inference.temperature" : "leave it out with inference.body: {\(member): null}"
    }

    /// What the attempt failed of, in words that hold no secret.
    func fault(hiding mask: SecretMask) -> InferenceFault {
        let advice = advice.map { "; \($0)" } ?? ""
        let line = EndpointError.line(words, hiding: mask)
        let said = line.isEmpty ? "" : ": \(line)"
        var fault = InferenceFault(
            kind: .status(status),
            message: "the inference endpoint answered \(status)\(said)\(advice)"
        )
        fault.isRetryable = isRetryable
        fault.isContextOverflow = isContextOverflow
        fault.isAboutForm = isAboutForm
        fault.refusesTools = refusesTools
        return fault
    }
}
