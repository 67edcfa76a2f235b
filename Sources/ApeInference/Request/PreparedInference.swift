import ApeCore
import ApeTransfer

/// What all decisions of a scenario share, made once: the request without its messages.
package final class PreparedInference: Sendable {
    let request: TransferRequest
    /// The body up to its messages.
    let opening: [UInt8]
    /// The constant part of the instructions, escaped for a JSON string.
    let instructions: [UInt8]
    /// What proves to the endpoint who asks.
    package let secrets: [String]
    let toolMode: Scenario.ToolMode
    let policy: RetryPolicy

    /// - Parameters:
    ///   - inference: the endpoint.
    ///   - limits: the scenario's, for the retries.
    ///   - tools: what the model is offered.
    ///   - instructions: what the model is told before anything else; how it calls tools is added.
    ///   - apiKey: what the endpoint asks for, where it does.
    ///   - gate: asked before every connection; nil lets everything through.
    package init(
        _ inference: Scenario.Inference,
        limits: Scenario.Limits,
        tools: [ToolDefinition],
        instructions: String,
        apiKey: Secret?,
        gate: TransferGate?
    ) {
        var headers: [TransferRequest.Header] = [
            ("Content-Type", "application/json"), ("Accept", "text/event-stream"),
        ]
        let key = apiKey?.revealed()
        secrets = (key.map { [$0] } ?? []) + inference.headers.map(\.value)
        if let key { headers.append(ChatDialect.authorization(key)) }
        headers += inference.headers.map { ($0.name, $0.value) }
        var request = TransferRequest(method: "POST", url: inference.baseURL + ChatDialect.path, headers: headers)
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
        policy = RetryPolicy(limits, retries: limits.inferenceRetries)
        opening = ChatDialect.opening(inference, tools: tools)
        let rules = toolMode == .json ? "\n\n" + ContentToolCall.rules(tools) : ""
        self.instructions = (instructions + rules).escapedJSON
    }

    /// Bytes of an error's body that are kept for its message.
    private static let errorBodyBytes = 4096
}

extension Scenario.HTTPVersion {
    package var transferVersion: TransferRequest.Version {
        switch self {
        case .automatic: .automatic
        case .http1: .http1
        case .http2: .http2PriorKnowledge
        }
    }
}
