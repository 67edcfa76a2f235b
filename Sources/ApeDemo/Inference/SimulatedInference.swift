import ApeCore
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// An OpenAI-compatible endpoint whose model is a ``Planner``: it reads the offered tools and the conversation, and
/// answers with the next sensible call of a shopping goal. Its configuration sets its pace and its faults.
package final class SimulatedInference: Service {
    /// A longer request body is answered with 413.
    package static let maximumBodyBytes = 4 * 1024 * 1024
    /// The `Retry-After` of a 429 or 503, in seconds.
    static let retryAfterSeconds = 1

    package let configuration: Configuration
    let stats = Mutex(InferenceStats())
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
        switch (request.method, request.uri.path) {
        case (.post, "/v1/chat/completions"): try await complete(request, time)
        case (.get, "/v1/models"): Response(json: models, status: 200)
        case (.get, "/demo/stats"): Response(json: statistics, status: 200)
        case (.get, "/healthz"): Response(json: ["status": "ok"], status: 200)
        case (_, "/v1/chat/completions"): Self.error(405, "This path takes POST", headers: [.allow: "POST"])
        case (_, "/v1/models"), (_, "/demo/stats"), (_, "/healthz"):
            Self.error(405, "This path takes GET", headers: [.allow: "GET"])
        default: Self.error(404, "There is nothing here; the API is under /v1")
        }
    }

    private var models: JSONValue {
        let model: JSONValue = ["id": .string(configuration.model), "object": "model", "owned_by": "ape"]
        return ["object": "list", "data": [model]]
    }

    private var statistics: JSONValue {
        var object = stats.withLock { $0.json }
        object["waiting"] = .integer(Int64(slots?.waitingCount ?? 0))
        return .object(object)
    }

    /// An error in the form of OpenAI's API.
    static func error(_ status: Int, _ message: String, headers: HTTPFields = [:]) -> Response {
        let (type, code) =
            switch status {
            case 401: ("authentication_error", "invalid_api_key")
            case 429: ("rate_limit_error", "rate_limit_exceeded")
            case 500...: ("server_error", "overloaded")
            default: ("invalid_request_error", "invalid_request")
            }
        let body: JSONValue = ["message": .string(message), "type": .string(type), "code": .string(code)]
        return Response(json: ["error": body], status: status, headers: headers)
    }
}
