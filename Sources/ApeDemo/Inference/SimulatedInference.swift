import ApeCore
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// An endpoint that speaks three APIs and whose model is a ``Planner``: it reads the offered tools and the conversation,
/// and answers with the next sensible call of a shopping goal. Its configuration sets its pace, its faults, and what it
/// refuses. It keeps nothing of a conversation.
package final class SimulatedInference: Service {
    /// A longer request body is answered with 413.
    package static let maximumBodyBytes = 4 * 1024 * 1024
    /// The `Retry-After` of a 429 or 503, in seconds.
    static let retryAfterSeconds = 1

    package let configuration: Configuration
    let rules: RequestRules
    let stats = Mutex(InferenceStats())
    let cache = Mutex(PrefixCache())
    /// nil where the number of slots is not limited.
    let slots: SlotQueue?
    private let listener: DemoListener

    /// - Parameters:
    ///   - configuration: the address that it listens on, and how it behaves.
    ///   - time: its clock and timers; nil for the system's.
    ///   - logger: takes the HTTP server's log lines.
    ///   - onListening: called once with the bound address.
    package init(
        configuration: Configuration,
        time: DemoTime? = nil,
        logger: Logger = Logger(label: "ape.demo.inference"),
        onListening: @escaping @Sendable (HostPort) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        rules = RequestRules(configuration)
        slots = configuration.slots > 0 ? SlotQueue(slots: configuration.slots) : nil
        listener = DemoListener(
            address: configuration.address,
            time: time,
            logger: logger,
            onListening: onListening
        )
    }

    /// Serves until shutdown.
    ///
    /// - Throws: ``ApeError`` of code `network` when the address cannot be listened on.
    package func run() async throws {
        try await listener.run { [self] request, time in try await respond(to: request, time) }
    }

    /// The application itself, for tests that need no socket.
    func application() -> Application<CallbackResponder<BasicRequestContext>> {
        listener.application { [self] request, time in try await respond(to: request, time) }
    }

    private func respond(to request: Request, _ time: DemoTime) async throws -> Response {
        let path = request.uri.path
        if let api = Self.apis[path] {
            guard request.method == .post else { return api.error(405, "This path takes POST", allow: "POST") }
            return try await complete(request, api, time)
        }
        if path == "/metrics", request.method == .get { return metrics }
        let answer: JSONValue? =
            switch path {
            case "/v1/models": models
            case "/demo/stats": statistics
            case "/healthz": ["status": "ok"]
            default: nil
            }
        let api = Scenario.InferenceAPI.chat
        guard let answer else { return api.error(404, "There is nothing here; the API is under /v1") }
        guard request.method == .get else { return api.error(405, "This path takes GET", allow: "GET") }
        return Response(json: answer, status: 200)
    }

    /// The APIs by their paths.
    private static let apis: [String: Scenario.InferenceAPI] = [
        "/v1/chat/completions": .chat, "/v1/responses": .responses, "/v1/messages": .messages,
    ]

    private var models: JSONValue {
        let model: JSONValue = ["id": .string(configuration.model), "object": "model", "owned_by": "ape"]
        return ["object": "list", "data": [model]]
    }

    private var statistics: JSONValue {
        var object = stats.withLock { $0.json }
        object["waiting"] = .integer(Int64(slots?.waitingCount ?? 0))
        return .object(object)
    }
}
