import ApeCore
import Logging
import NIOHTTP1
import ServiceLifecycle

/// An endpoint that speaks three APIs and whose model is a ``Planner``: it reads the offered tools and the conversation,
/// and answers with the next sensible call of a shopping goal. Its configuration sets its pace, its faults, and what it
/// refuses. It keeps nothing of a conversation.
package final class SimulatedInference: Service, DemoService {
    /// A longer request body is answered with 413.
    package static let maximumBodyBytes = 4 * 1024 * 1024
    /// The `Retry-After` of a 429 or 503, in seconds.
    static let retryAfterSeconds = 1

    package let configuration: Configuration
    let rules: RequestRules
    let stats = InferenceCounts()
    let cache = PrefixCache()
    /// nil where the number of slots is not limited.
    let slots: SlotQueue?
    private let listener: DemoListener
    let stampClock: @Sendable () -> Int64

    /// - Parameters:
    ///   - configuration: the address that it listens on, and how it behaves.
    ///   - clock: microseconds since 1970.
    ///   - stampClock: what `ape_sent_us` is read from, in microseconds of the clock that agents go by.
    ///   - logger: takes the HTTP server's log lines.
    ///   - onListening: called once with the bound address.
    package init(
        configuration: Configuration,
        clock: @escaping @Sendable () -> Int64 = DemoClock.nowMicros,
        stampClock: @escaping @Sendable () -> Int64 = DemoClock.steadyMicros,
        logger: Logger = Logger(label: "ape.demo.inference"),
        onListening: @escaping @Sendable (HostPort) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.stampClock = stampClock
        rules = RequestRules(configuration)
        slots = configuration.slots > 0 ? SlotQueue(slots: configuration.slots) : nil
        listener = DemoListener(address: configuration.address, clock: clock, logger: logger, onListening: onListening)
    }

    var maximumBodyBytes: Int { Self.maximumBodyBytes }

    var nowMicros: Int64 { listener.clock() }

    /// Serves until shutdown.
    ///
    /// - Throws: ``ApeError`` of code `network` when the address cannot be listened on.
    package func run() async throws {
        try await listener.run(self)
    }

    func answer(_ request: DemoRequest, _ exchange: DemoExchange) {
        let (method, path) = (request.head.method, request.path)
        if let api = Self.apis[path] {
            guard method == .POST else {
                return exchange.answer(api.error(405, "This path takes POST", allow: "POST"))
            }
            return complete(request, api, exchange)
        }
        if path == "/metrics", method == .GET { return exchange.answer(metrics) }
        let answer: JSONValue? =
            switch path {
            case "/v1/models": models
            case "/demo/stats": statistics
            case "/healthz": ["status": "ok"]
            default: nil
            }
        let api = Scenario.InferenceAPI.chat
        guard let answer else { return exchange.answer(api.error(404, "There is nothing here; the API is under /v1")) }
        guard method == .GET else { return exchange.answer(api.error(405, "This path takes GET", allow: "GET")) }
        exchange.answer(DemoAnswer(json: answer, status: 200))
    }

    func countDropped() {
        stats.countDropped()
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
        var object = stats.json
        object["waiting"] = .integer(Int64(slots?.waitingCount ?? 0))
        return .object(object)
    }
}
