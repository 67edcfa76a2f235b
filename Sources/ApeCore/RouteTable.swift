/// Finds the route under which a request is counted: the endpoint whose method and path pattern it fits, literal
/// segments winning over parameters.
package struct RouteTable: Sendable {
    /// Bytes of a route's name. A longer one is shortened, since it stands in the names of counters and series.
    static let maximumNameBytes = 240

    private struct Route: Sendable {
        var pattern: PathPattern
        var name: String
        var endpoint: Scenario.Endpoint
    }

    /// What all routes of one place have alike, so that a request is held against few of a thousand.
    private struct Place: Hashable {
        var method: String
        var segments: Int
    }

    private let routes: [Place: [Route]]

    /// - Parameter endpoints: those of one target; one whose path is not a pattern is left out.
    package init(endpoints: [Scenario.Endpoint]) {
        var routes: [Place: [Route]] = [:]
        for endpoint in endpoints {
            guard let pattern = try? PathPattern(endpoint.path) else { continue }
            // Insertion keeps the order of equals, which a sort does not promise: the first listed wins.
            let place = Place(method: endpoint.method, segments: pattern.segmentCount)
            let ordered = routes[place, default: []]
            let index = ordered.firstIndex { pattern.isMoreSpecific(than: $0.pattern) } ?? ordered.endIndex
            let name = endpoint.name.shortened(to: Self.maximumNameBytes)
            routes[place, default: []].insert(Route(pattern: pattern, name: name, endpoint: endpoint), at: index)
        }
        self.routes = routes
    }

    /// The names of all routes, in alphabetical order.
    var names: [String] { routes.values.flatMap { $0.map(\.name) }.sorted() }

    /// The endpoint that a request goes to, and the name of its route, such as `GET /api/products/{id}`; nil where none
    /// fits.
    package func find(method: String, path: String) -> (route: String, endpoint: Scenario.Endpoint)? {
        let parts = PathPattern.parts(of: path)
        // Found by its place: a route holds many texts, which cost time to copy.
        guard let routes = routes[Place(method: method, segments: parts.count)],
            let place = routes.indices.first(where: { routes[$0].pattern.matches(parts) })
        else { return nil }
        return (routes[place].name, routes[place].endpoint)
    }

    /// The route of a request; nil where no endpoint fits.
    package func route(method: String, path: String) -> String? {
        find(method: method, path: path)?.route
    }
}
