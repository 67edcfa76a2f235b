import ApeTransfer

/// The requests of a session that a model made more than once, word for word.
struct RepeatedRequests: Sendable {
    /// Fewer actions than these are no loop.
    private static let leastActions = 4

    private var counts: [Int: Int] = [:]
    private var actions = 0
    /// The request that was made most often.
    private(set) var most: (route: String, path: String, count: Int) = ("", "", 0)

    mutating func add(_ request: PlannedRequest) {
        var hasher = Hasher()
        hasher.combine(request.request.method)
        hasher.combine(request.path)
        hasher.combine(request.request.body)
        let key = hasher.finalize()
        let count = counts[key, default: 0] + 1
        counts[key] = count
        actions += 1
        if count > most.count { most = (request.route, String(request.path.prefix { $0 != "?" }), count) }
    }

    /// Whether at least half of the actions only repeated earlier ones.
    var areLoop: Bool { actions >= Self.leastActions && 2 * (actions - counts.count) >= actions }
}
