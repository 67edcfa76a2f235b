import ApeCore

extension DemoShop {
    /// The address that the shop listens on, and how it behaves.
    package struct Configuration: Sendable {
        package var address = HostPort(host: "127.0.0.1", port: 0)
        /// The mean latency of an answer. Each request's latency is drawn around it (``Jitter``).
        package var latencyMicros: Int64 = 20_000
        /// The share of requests, 0 to 1, that are answered with an error: half of them 500, half 503.
        package var errorRate = 0.0
        /// The seed that every latency and error is drawn from, in the order of the requests.
        package var seed: UInt64 = 1
        private(set) var slowRoutes: [ShopRoute: Int64] = [:]
        private(set) var errorRoutes: [ShopRoute: Double] = [:]

        package init() {}

        /// The routes that can be made slow or faulty, such as `GET /api/products/{id}`.
        package static var routes: [String] { ShopRoute.counted.map(\.rawValue) }

        /// Gives one route a mean latency of its own.
        ///
        /// - Throws: ``ApeError`` of code `usage` when there is no such route.
        package mutating func slow(_ route: String, latencyMicros: Int64) throws(ApeError) {
            slowRoutes[try Self.known(route)] = latencyMicros
        }

        /// Answers a share of one route's requests with 503, in place of ``errorRate``.
        ///
        /// - Throws: ``ApeError`` of code `usage` when there is no such route.
        package mutating func fail(_ route: String, share: Double) throws(ApeError) {
            errorRoutes[try Self.known(route)] = share
        }

        private static func known(_ name: String) throws(ApeError) -> ShopRoute {
            guard let route = ShopRoute(rawValue: name), route.isCounted else {
                throw ApeError(.usage, "The shop has no route '\(name)'; it has \(routes.joined(separator: ", "))")
            }
            return route
        }
    }
}
