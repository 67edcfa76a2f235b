import ApeCore

/// Exact counts of the requests that the shop answered, by route and status.
struct ShopStats: Sendable, Equatable {
    /// Counts requests to paths that do not exist, and with methods that a path does not take.
    static let otherRoute = "other"

    private var byRoute: [ShopRoute?: [Int: Int]] = [:]

    mutating func count(_ route: ShopRoute?, status: Int) {
        byRoute[route, default: [:]][status, default: 0] += 1
    }

    /// Adds the counts of other requests.
    mutating func add(_ others: ShopStats) {
        byRoute.merge(others.byRoute) { $0.merging($1, uniquingKeysWith: +) }
    }

    /// The members of `GET /demo/stats` that are counts of answers.
    var json: JSONObject {
        var all: [Int: Int] = [:]
        var routes = JSONObject()
        let named = byRoute.map { (name: $0.key?.rawValue ?? Self.otherRoute, counts: $0.value) }
        for (route, counts) in named.sorted(by: { $0.name < $1.name }) {
            all.merge(counts, uniquingKeysWith: +)
            routes[route] = ["total": .integer(Self.sum(counts)), "statuses": Self.json(counts)]
        }
        return ["total": .integer(Self.sum(all)), "statuses": Self.json(all), "routes": .object(routes)]
    }

    private static func sum(_ counts: [Int: Int]) -> Int64 {
        Int64(counts.values.reduce(0, +))
    }

    private static func json(_ counts: [Int: Int]) -> JSONValue {
        var object = JSONObject()
        for (status, count) in counts.sorted(by: { $0.key < $1.key }) { object["\(status)"] = .integer(Int64(count)) }
        return .object(object)
    }
}
