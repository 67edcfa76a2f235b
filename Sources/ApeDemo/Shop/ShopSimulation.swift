import ApeCore
import Synchronization

/// The shop without its HTTP server: its state, its counts, and the random draws that make it slow or faulty.
final class ShopSimulation: Sendable {
    /// The `Retry-After` of a 503, in seconds.
    static let retryAfterSeconds = 1

    let configuration: DemoShop.Configuration
    let state: ShopState
    private let begun = Atomic(0)
    private let dropped = Atomic(0)
    private let stats = Striped { ShopStats() }

    init(configuration: DemoShop.Configuration) {
        self.configuration = configuration
        state = ShopState(seed: configuration.seed)
    }

    /// Answers and counts one request.
    ///
    /// - Returns: the answer, and how long it takes, in microseconds.
    func serve(
        _ match: ShopRoute.Match,
        _ request: ShopRequest,
        nowMicros: Int64
    ) -> (answer: ShopAnswer, pauseMicros: Int64) {
        let number = begun.wrappingAdd(1, ordering: .relaxed).oldValue
        var random = SeededRandom(seed: configuration.seed, agent: number, session: 0)
        guard case .route(let route, _) = match else {
            let answer = Self.refusal(match)
            stats.withLock(number) { $0.count(nil, status: answer.status) }
            return (answer, Jitter.micros(mean: configuration.latencyMicros, &random))
        }
        let answer = fault(on: route, &random) ?? state.answer(route, request, nowMicros: nowMicros)
        stats.withLock(number) { $0.count(route, status: answer.status) }
        let mean = configuration.slowRoutes[route] ?? configuration.latencyMicros
        return (answer, Jitter.micros(mean: mean, &random))
    }

    /// Counts a request whose client gave it up, whether its answer was begun or not.
    func countDropped() {
        dropped.wrappingAdd(1, ordering: .relaxed)
    }

    /// The body of `GET /demo/stats`.
    var statistics: JSONObject {
        var sum = ShopStats()
        for part in stats.all { sum.add(part) }
        var object = sum.json
        object["sessions_opened"] = .integer(Int64(state.sessionsOpened))
        object["orders_placed"] = .integer(Int64(state.ordersPlaced))
        object["dropped"] = .integer(Int64(dropped.load(ordering: .relaxed)))
        return object
    }

    private func fault(on route: ShopRoute, _ random: inout SeededRandom) -> ShopAnswer? {
        let (draw, kind) = (random.unit(), random.unit())
        if let share = configuration.errorRoutes[route] { return draw < share ? Self.unavailable : nil }
        guard draw < configuration.errorRate else { return nil }
        return kind < 0.5 ? .error(500, "internal", "The shop was asked to fail this request") : Self.unavailable
    }

    private static var unavailable: ShopAnswer {
        var answer = ShopAnswer.error(503, "unavailable", "The shop was asked to refuse this request")
        answer.retryAfter = retryAfterSeconds
        return answer
    }

    private static func refusal(_ match: ShopRoute.Match) -> ShopAnswer {
        guard case .otherMethods(let allowed) = match else {
            return .error(404, "not_found", "There is nothing here; GET /openapi.json lists what there is")
        }
        var answer = ShopAnswer.error(405, "method_not_allowed", "This path takes \(allowed)")
        answer.allow = allowed
        return answer
    }
}
