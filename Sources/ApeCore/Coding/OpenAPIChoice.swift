/// Which operations of an OpenAPI document a scenario wants: all, unless it says so.
struct OpenAPIChoice: Equatable {
    /// `GET /api/**`, `/api/*/items`, `tag:orders`; empty for all.
    var include: [String] = []
    var exclude: [String] = []

    /// Whether an operation is wanted; its path is the document's.
    func takes(method: String, path: String, tags: [String]) -> Bool {
        func fits(_ rule: String) -> Bool { Self.fits(rule, method: method, path: path, tags: tags) }
        return (include.isEmpty || include.contains(where: fits)) && !exclude.contains(where: fits)
    }

    private static func fits(_ rule: String, method: String, path: String, tags: [String]) -> Bool {
        if rule.hasPrefix("tag:") { return tags.contains(String(rule.dropFirst(4))) }
        var pattern = rule[...]
        if let space = rule.firstIndex(of: " ") {
            guard rule[..<space] == method else { return false }
            pattern = rule[rule.index(after: space)...]
        }
        return matches(path[...], pattern)
    }

    /// Whether a path fits a pattern in which `*` stands for any text without a slash and `**` for any text.
    private static func matches(_ path: Substring, _ pattern: Substring) -> Bool {
        guard let star = pattern.firstIndex(of: "*") else { return path == pattern }
        let literal = pattern[..<star]
        guard path.hasPrefix(literal) else { return false }
        let isDeep = pattern[star...].hasPrefix("**")
        let rest = pattern[star...].dropFirst(isDeep ? 2 : 1)
        var tail = path.dropFirst(literal.count)
        while true {
            if matches(tail, rest) { return true }
            guard let next = tail.first, isDeep || next != "/" else { return false }
            tail.removeFirst()
        }
    }
}
