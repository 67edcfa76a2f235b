/// Finds the route under which a request is counted: the endpoint whose method and path pattern it fits, literal
/// segments winning over parameters.
package struct RouteTable: Sendable {
    private struct Route: Sendable {
        var method: String
        var pattern: PathPattern
        var name: String
    }

    private let routes: [Route]

    /// - Parameter endpoints: those of one target; one whose path is not a pattern is left out.
    package init(endpoints: [Scenario.Endpoint]) {
        let known = endpoints.compactMap { endpoint -> Route? in
            guard let pattern = try? PathPattern(endpoint.path) else { return nil }
            return Route(
                method: endpoint.method,
                pattern: pattern,
                name: "\(endpoint.method) \(endpoint.path)"
            )
        }
        /// Insertion keeps the order of equals, which a sort does not promise: the first listed wins.
        var ordered: [Route] = []
        for route in known {
            let place = ordered.firstIndex { route.pattern.isMoreSpecific(than: $0.pattern) } ?? ordered.endIndex
            ordered.insert(route, at: place)
        }
        routes = ordered
    }

    /// The route of a request, such as `GET /api/products/{id}`; nil where no endpoint fits.
    package func route(method: String, path: String) -> String? {
        routes.first { $0.method == method && $0.pattern.matches(path) }?.name
    }
}
