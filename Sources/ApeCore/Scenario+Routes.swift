extension Scenario {
    /// By what the requests to a target are counted: its endpoints, and the steps of scripts that none of these covers.
    package func routes(of target: Target) -> RouteTable {
        let listed = RouteTable(endpoints: target.endpoints)
        let steps = goals.flatMap { goal -> [ScriptStep] in
            if case .script(let steps) = goal.mode { steps } else { [] }
        }
        let own = steps.filter { $0.target == nil ? targets.count == 1 : $0.target == target.name }
        let further = own.map { Endpoint(method: $0.method, path: $0.pattern) }.filter { endpoint in
            listed.route(method: endpoint.method, path: endpoint.path) == nil
        }
        return RouteTable(endpoints: target.endpoints + further)
    }

    /// The names of all routes that the scenario says.
    package var routeNames: [String] {
        targets.flatMap { routes(of: $0).names }.uniqued
    }
}

extension ScriptStep {
    /// Its path as a pattern: a template stands for any one part, and what follows a `?` is no part of it.
    fileprivate var pattern: String {
        let whole = String(path.prefix { $0 != "?" && $0 != "#" })
        return whole.replacing(#/\{\{\s*([A-Za-z0-9_]*)[^}]*\}\}/#) { found in
            "{\(found.output.1.isEmpty ? "value" : found.output.1)}"
        }
    }
}
