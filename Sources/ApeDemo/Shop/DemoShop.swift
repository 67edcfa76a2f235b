import ApeCore
import ApeHTTP
import Logging
import NIOHTTP1
import ServiceLifecycle

/// A small shop with sessions, carts and orders: the target of runs that name no application.
///
/// It keeps everything in memory, within limits. It counts its requests exactly, so that a test can compare the fleet's
/// counts with its own.
package final class DemoShop: Service, DemoService {
    /// A longer request body is answered with 413.
    package static let maximumBodyBytes = 64 * 1024
    /// The name of the session cookie.
    package static let cookieName = "shop_session"

    package let configuration: Configuration
    private let listener: DemoListener
    private let simulation: ShopSimulation

    /// - Parameters:
    ///   - configuration: the address that it listens on, and how it behaves.
    ///   - clock: microseconds since 1970.
    ///   - logger: takes the HTTP server's log lines.
    ///   - onListening: called once with the bound address.
    package init(
        configuration: Configuration,
        clock: @escaping @Sendable () -> Int64 = DemoClock.nowMicros,
        logger: Logger = Logger(label: "ape.demo.shop"),
        onListening: @escaping @Sendable (HostPort) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        listener = DemoListener(address: configuration.address, clock: clock, logger: logger, onListening: onListening)
        simulation = ShopSimulation(configuration: configuration)
    }

    var maximumBodyBytes: Int { Self.maximumBodyBytes }

    /// Serves until shutdown.
    ///
    /// - Throws: ``ApeError`` of code `network` when the address cannot be listened on.
    package func run() async throws {
        try await listener.run(self)
    }

    func answer(_ request: DemoRequest, _ exchange: DemoExchange) {
        let match = ShopRoute.match(method: request.head.method.rawValue, path: request.path)
        if case .route(let route, _) = match, !route.isCounted { return exchange.answer(unmeasured(route)) }
        let read = ShopRequest(request, match: match)
        let (answer, pauseMicros) = simulation.serve(match, read, nowMicros: listener.clock())
        exchange.wait(pauseMicros) { exchange.answer(DemoAnswer(answer)) }
    }

    func countDropped() {
        simulation.countDropped()
    }

    private func unmeasured(_ route: ShopRoute) -> DemoAnswer {
        switch route {
        case .openAPI: DemoAnswer(json: ShopAPIDocument.body, status: 200)
        case .stats: DemoAnswer(json: .object(simulation.statistics), status: 200)
        default: DemoAnswer(json: ["status": "ok"], status: 200)
        }
    }
}

extension ShopRequest {
    /// Reads what the answer depends on.
    init(_ request: DemoRequest, match: ShopRoute.Match) {
        guard case .route(let route, let id) = match else { return }
        self.id = id
        let headers = request.head.headers
        session = headers["Cookie"].lazy.compactMap { CookieHeader.value(DemoShop.cookieName, in: $0) }.first
        switch route {
        case .listProducts: category = request.query.flatMap { HTTPRequest.parts(ofQuery: $0)?["category"] }
        case .login, .addToCart, .checkout:
            csrfToken = headers.first(name: "X-CSRF-Token")
            body = request.body
        default: break
        }
    }
}

extension DemoAnswer {
    fileprivate init(_ answer: ShopAnswer) {
        self.init(json: answer.body, status: answer.status)
        if let session = answer.newSession {
            headers.add(name: "Set-Cookie", value: "\(DemoShop.cookieName)=\(session); Path=/; HttpOnly; SameSite=Lax")
        }
        if let allow = answer.allow { headers.add(name: "Allow", value: allow) }
        if let retryAfter = answer.retryAfter { headers.add(name: "Retry-After", value: "\(retryAfter)") }
    }
}
