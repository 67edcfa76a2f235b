extension Scenario {
    /// The endpoints that the model is told of, by target: all, or as many as ``Limits/promptEndpoints`` of which those
    /// that success checks wait for are taken first.
    package var toldEndpoints: [[Endpoint]] {
        let all = targets.map(\.endpoints)
        guard all.reduce(0, { $0 + $1.count }) > limits.promptEndpoints else { return all }
        let wanted = all.map(places)
        var room = limits.promptEndpoints
        var told: [Set<Int>] = []
        for places in wanted {
            told.append(Set(places.prefix(room)))
            room -= told.last?.count ?? 0
        }
        for target in all.indices {
            for place in all[target].indices where room > 0 && told[target].insert(place).inserted { room -= 1 }
        }
        return zip(all, told).map { endpoints, told in told.sorted().map { endpoints[$0] } }
    }

    /// The places of the endpoints that the goals' checks wait for.
    private func places(_ endpoints: [Endpoint]) -> [Int] {
        let table = RouteTable(endpoints: endpoints)
        let checks = goals.flatMap(\.success).filter { $0.subject == .anyAnswer }
        let wanted = checks.compactMap { table.route(method: $0.method, path: $0.path) }
        return endpoints.indices.filter { wanted.contains("\(endpoints[$0].method) \(endpoints[$0].path)") }
    }
}

extension Scenario.Endpoint {
    /// One line for the model: `GET /api/products: List products.`
    package var line: String {
        summary.isEmpty ? "\(method) \(path)" : "\(method) \(path): \(summary)"
    }

    /// How long the body's schema is as JSON.
    var bodyBytes: Int { body?.utf8.count ?? 0 }
}
