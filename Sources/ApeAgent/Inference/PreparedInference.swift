import ApeCore
import ApeTransfer

/// What all decisions of a scenario share, made once: the request without its messages.
final class PreparedInference: Sendable {
    let request: TransferRequest
    /// The body up to and with `"messages":[`.
    let bodyHead: [UInt8]
    /// The body after the messages.
    let bodyTail: [UInt8]
    /// What proves to the endpoint who asks.
    let secrets: [String]
    let toolMode: Scenario.ToolMode
    let policy: RetryPolicy

    init(_ scenario: Scenario, _ inference: Scenario.Inference, apiKey: Secret?, gate: TransferGate?) {
        var headers: [TransferRequest.Header] = [
            ("Content-Type", "application/json"), ("Accept", "text/event-stream"),
        ]
        secrets = (apiKey.map { [$0.revealed()] } ?? []) + inference.headers.map(\.value)
        if let apiKey { headers.append(("Authorization", "Bearer \(apiKey.revealed())")) }
        headers += inference.headers.map { ($0.name, $0.value) }
        var request = TransferRequest(method: "POST", url: inference.baseURL + "/chat/completions", headers: headers)
        request.connectTimeoutMicros = inference.connectTimeoutMicros
        request.firstByteTimeoutMicros = inference.firstByteTimeoutMicros
        request.totalTimeoutMicros = inference.totalTimeoutMicros
        request.maxRedirects = 0
        request.bodyLimit = Self.errorBodyBytes
        request.acceptsCompression = false
        request.httpVersion = inference.httpVersion.transferVersion
        request.proxy = inference.proxy
        request.caFile = inference.caFile
        request.gate = gate
        self.request = request
        toolMode = inference.toolMode
        policy = RetryPolicy(scenario.limits, retries: scenario.limits.inferenceRetries)
        (bodyHead, bodyTail) = Self.body(scenario, inference)
    }

    /// Bytes of an error's body that are kept for its message.
    private static let errorBodyBytes = 4096

    /// The members in their order; the scenario's own win over the defaults, but for the stream and the messages,
    /// without which nothing could be measured.
    private static func body(
        _ scenario: Scenario,
        _ inference: Scenario.Inference
    ) -> (head: [UInt8], tail: [UInt8]) {
        var members: JSONObject = ["model": .string(inference.model)]
        if let temperature = inference.temperature { members["temperature"] = .number(temperature) }
        if inference.body["max_tokens"] == nil {
            members["max_completion_tokens"] = .integer(inference.maxCompletionTokens)
        }
        if inference.toolMode == .tools {
            members["tools"] = ToolDefinitions.schemas(targets: scenario.targets.map(\.name))
        }
        for member in inference.body { members[member.key] = member.value }
        members["stream"] = true
        var options = members["stream_options"]?.object ?? JSONObject()
        options["include_usage"] = true
        members["stream_options"] = .object(options)
        members["messages"] = nil
        var head = JSONValue.object(members).utf8
        head.removeLast()
        return (head + Array(",\"messages\":[".utf8), Array("]}".utf8))
    }
}

extension Scenario.HTTPVersion {
    var transferVersion: TransferRequest.Version {
        switch self {
        case .automatic: .automatic
        case .http1: .http1
        case .http2: .http2PriorKnowledge
        }
    }
}
