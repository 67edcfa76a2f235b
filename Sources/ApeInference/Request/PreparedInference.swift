import ApeCore
import ApeTransfer
import Synchronization

/// What all decisions of a scenario share, made once: the request without its turns.
package final class PreparedInference: Sendable {
    let request: TransferRequest
    let dialect: any Dialect.Type
    /// What the model is told before anything else, for people.
    package let instructions: String
    /// The tools as the model is told of them, for people.
    package let tools: [ToolDefinition]
    /// Hides what proves to the endpoint who asks.
    package let mask: SecretMask
    let toolMode: Scenario.ToolMode
    /// What an answer may take at most, in tokens.
    package let maxCompletionTokens: Int64
    /// Whether models are held to strict schemas, as long as the endpoint takes them.
    package let isStrict: Bool
    let policy: RetryPolicy
    private let heads: [RequestHead]
    /// The place of the head that the endpoint takes, as far as is known.
    private let level = Atomic<Int>(0)

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
        dialect = inference.api.dialect
        mask = SecretMask(inference, apiKey: apiKey)
        request = Self.request(inference, apiKey: apiKey, gate: gate)
        toolMode = inference.toolMode
        maxCompletionTokens = inference.maxCompletionTokens
        policy = RetryPolicy(limits, retries: limits.inferenceRetries)
        isStrict = inference.usesStrictSchemas && tools.allSatisfy { $0.strictParameters != nil }
        heads = RequestHead.choices(inference, instructions: instructions, tools: tools, isStrict: isStrict)
        self.instructions = instructions
        self.tools = tools
    }

    private static func request(
        _ inference: Scenario.Inference,
        apiKey: Secret?,
        gate: TransferGate?
    ) -> TransferRequest {
        let headers: [TransferRequest.Header] = [
            ("Content-Type", "application/json"), ("Accept", "text/event-stream"),
        ]
        var request = TransferRequest(to: inference)
        request.method = "POST"
        request.url = inference.requestURL
        request.headers = headers + inference.accessHeaders(apiKey)
        request.connectTimeoutMicros = inference.connectTimeoutMicros
        request.firstByteTimeoutMicros = inference.firstByteTimeoutMicros
        request.totalTimeoutMicros = inference.totalTimeoutMicros
        request.maxRedirects = 0
        request.bodyLimit = errorBodyBytes
        request.acceptsCompression = false
        request.gate = gate
        return request
    }

    /// Bytes of an error's body that are kept for its message.
    private static let errorBodyBytes = 4096

    /// The head that the endpoint takes, as far as is known, and its place.
    var head: (bytes: [UInt8], place: Int) {
        let place = level.load(ordering: .relaxed)
        return (heads[place].bytes, place)
    }

    /// Goes on to the next way to write the head, for all agents.
    ///
    /// - Parameter place: that of the head which was refused.
    /// - Returns: whether there is another way.
    func isAnotherHead(than place: Int) -> Bool {
        guard place + 1 < heads.count else { return false }
        _ = level.compareExchange(expected: place, desired: place + 1, ordering: .relaxed)
        return true
    }
}
