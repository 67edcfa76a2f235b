extension OpenAPIDocument {
    /// What a server's URL says; its scheme is the target's.
    struct Server: Equatable {
        /// Nil for a URL that is relative to the document's.
        var host: String?
        /// Empty, or `/` and more, without a trailing slash; nil where a variable has no default.
        var path: String?
    }

    /// The servers of the whole document.
    var servers: [JSONValue] {
        guard isSwagger else { return root["servers"]?.array ?? [] }
        let host = root["host"]?.string.map { "//" + $0 } ?? ""
        return [["url": .string(host + (root["basePath"]?.string ?? ""))]]
    }

    /// The servers that an operation or its path has of its own.
    func servers(of operation: JSONValue, in item: JSONObject) -> [JSONValue]? {
        [operation["servers"]?.array, item["servers"]?.array].compactMap(\.self).first { !$0.isEmpty }
    }

    /// The server that the target is: the one at its host, else one whose path its URL ends with, else the first.
    func server(of servers: [JSONValue], for target: BaseURL?) -> Server? {
        let servers = servers.map(resolved).map(Self.server)
        guard let target else { return servers.first }
        let places = [target.host, "\(target.host):\(target.port)"]
        return servers.first { server in server.host.map(places.contains) ?? false }
            ?? servers.first { server in server.path.map { !$0.isEmpty && target.path.hasSuffix($0) } ?? false }
            ?? servers.first
    }

    /// What of the server's path must stand before paths, since the target's URL has it not.
    func prefix(of servers: [JSONValue], before target: BaseURL?) -> String {
        let path = server(of: servers, for: target)?.path ?? ""
        let own = target?.path ?? ""
        if own.hasSuffix(path) { return "" }
        return !own.isEmpty && path.hasPrefix(own + "/") ? String(path.dropFirst(own.count)) : path
    }

    private static func server(_ server: JSONValue) -> Server {
        let variables = server["variables"]?.object ?? [:]
        let url = variables.reduce(server["url"]?.string ?? "") { url, variable in
            let value = variable.value["default"] ?? variable.value["enum"]?[0]
            return url.replacing("{\(variable.key)}", with: value.map { $0.string ?? $0.text } ?? "{}")
        }
        var rest = url[..<(url.firstIndex { $0 == "?" || $0 == "#" } ?? url.endIndex)]
        var host: String?
        if let start = rest.firstRange(of: "//") {
            let authority = rest[start.upperBound...].prefix { $0 != "/" }
            host = authority.lowercased()
            rest = rest[authority.endIndex...]
        }
        guard !rest.contains("{") else { return Server(host: host, path: nil) }
        let path = OpenAPIReference.normalized("/" + rest)
        return Server(host: host, path: path == "/" ? "" : path)
    }
}
