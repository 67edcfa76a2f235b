import ApeCore
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// A small shop with sessions, carts and orders: the target of runs that name no application.
///
/// It keeps everything in memory, within limits. It counts its requests exactly, so that a test can compare the fleet's
/// counts with its own.
package final class DemoShop: Service {
    /// A longer request body is answered with 413.
    package static let maximumBodyBytes = 64 * 1024
    /// The name of the session cookie.
    package static let cookieName = "shop_session"

    package let configuration: Configuration
    private let listener: DemoListener
    private let simulation: Mutex<ShopSimulation>

    /// - Parameters:
    ///   - configuration: the address that it listens on, and how it behaves.
    ///   - time: its clock and timers; nil for the system's.
    ///   - logger: takes the HTTP server's log lines.
    ///   - onListening: called once with the bound address.
    package init(
        configuration: Configuration,
        time: DemoTime? = nil,
        logger: Logger = Logger(label: "ape.demo.shop"),
        onListening: @escaping @Sendable (HostPort) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        listener = DemoListener(
            address: configuration.address,
            time: time,
            logger: logger,
            onListening: onListening
        )
        simulation = Mutex(ShopSimulation(configuration: configuration))
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
        let match = ShopRoute.match(method: request.method.rawValue, path: request.uri.path)
        if case .route(let route, _) = match, !route.isCounted { return unmeasured(route) }
        let read = try await ShopRequest(request, match: match)
        let now = time.nowMicros()
        let (answer, pauseMicros) = simulation.withLock { $0.serve(match, read, nowMicros: now) }
        try await time.sleep(pauseMicros)
        return Response(answer)
    }

    private func unmeasured(_ route: ShopRoute) -> Response {
        switch route {
        case .openAPI: Response(json: ShopAPIDocument.body, status: 200)
        case .stats: Response(json: .object(simulation.withLock { $0.statistics }), status: 200)
        default: Response(json: ["status": "ok"], status: 200)
        }
    }
}

extension ShopRequest {
    /// Reads what the answer depends on: the body only where the route takes one.
    init(_ request: Request, match: ShopRoute.Match) async throws {
        guard case .route(let route, let id) = match else { return }
        self.id = id
        session =
            request.headers[values: .cookie].lazy.compactMap { CookieHeader.value(DemoShop.cookieName, in: $0) }.first
        switch route {
        case .listProducts:
            category = request.uri.queryParameters["category"].map(String.init)
        case .login, .addToCart, .checkout:
            csrfToken = HTTPFields.Element.Name("X-CSRF-Token").flatMap { request.headers[$0] }
            body = try await HTTPBody.collect(request, upTo: DemoShop.maximumBodyBytes)
        default: break
        }
    }
}

extension Response {
    fileprivate init(_ answer: ShopAnswer) {
        var headers = HTTPFields()
        if let session = answer.newSession {
            headers[.setCookie] = "\(DemoShop.cookieName)=\(session); Path=/; HttpOnly; SameSite=Lax"
        }
        if let allow = answer.allow { headers[.allow] = allow }
        if let retryAfter = answer.retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        self.init(json: answer.body, status: answer.status, headers: headers)
    }
}
