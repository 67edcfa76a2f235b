import ApeCore

/// Exact counts of the requests that the shop answered, by route and status.
struct ShopStats: Sendable, Equatable {
    /// Counts requests to paths that do not exist, and with methods that a path does not take.
    static let otherRoute = "other"

    private(set) var total = 0
    private var byRoute: [String: [Int: Int]] = [:]

    mutating func count(_ route: ShopRoute?, status: Int) {
        total += 1
        byRoute[route?.rawValue ?? Self.otherRoute, default: [:]][status, default: 0] += 1
    }

    /// The counts of one route by status.
    func statuses(_ route: String) -> [Int: Int] {
        byRoute[route] ?? [:]
    }

    /// The members of `GET /demo/stats` that are counts of requests.
    var json: JSONObject {
        var all: [Int: Int] = [:]
        var routes = JSONObject()
        for (route, counts) in byRoute.sorted(by: { $0.key < $1.key }) {
            all.merge(counts, uniquingKeysWith: +)
            let sum = counts.values.reduce(0, +)
            routes[route] = ["total": .integer(Int64(sum)), "statuses": Self.json(counts)]
        }
        return ["total": .integer(Int64(total)), "statuses": Self.json(all), "routes": .object(routes)]
    }

    private static func json(_ counts: [Int: Int]) -> JSONValue {
        var object = JSONObject()
        for (status, count) in counts.sorted(by: { $0.key < $1.key }) { object["\(status)"] = .integer(Int64(count)) }
        return .object(object)
    }
}
