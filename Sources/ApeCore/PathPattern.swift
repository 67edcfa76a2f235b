/// A pattern for the paths of requests, such as `/api/products/{id}`: each `{name}` stands for one or more characters
/// of one path segment.
package struct PathPattern: Sendable, Equatable {
    /// The greatest number of segments.
    static let maximumSegments = 64
    /// The longest pattern, in bytes.
    package static let maximumBytes = 2048

    /// As it was written.
    package let text: String
    private let segments: [Segment]

    private enum Segment: Sendable, Equatable {
        case literal(Substring)
        /// Text, a parameter, text: `{id}` alone, or `{name}.json`.
        case parameter(before: Substring, after: Substring)
    }

    /// - Throws: ``ApeError`` of code `scenario` that shows the pattern and says what is wrong with it.
    package init(_ text: String) throws(ApeError) {
        func failure(_ reason: String) -> ApeError {
            ApeError(.scenario, "the path `\(text.prefix(80))` cannot be read: \(reason)")
        }
        guard text.hasPrefix("/") else { throw failure("it starts with /") }
        guard text.utf8.count <= Self.maximumBytes else {
            throw failure("it is longer than \(Self.maximumBytes) bytes")
        }
        if text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { throw failure("it holds a space") }
        if text.contains("?") || text.contains("#") {
            throw failure("a pattern has no query; leave out what follows ?")
        }
        if text.contains("{{") { throw failure("a pattern has parameters such as {id}, not {{templates}}") }
        var segments: [Segment] = []
        for part in Self.split(text) {
            guard let segment = Self.segment(part) else {
                throw failure("'\(part)' has unmatched braces, an empty name or more than one parameter")
            }
            segments.append(segment)
        }
        guard segments.count <= Self.maximumSegments else {
            throw failure("it has more than \(Self.maximumSegments) segments")
        }
        self.text = text
        self.segments = segments
    }

    /// Whether a request's path fits; a query or fragment after it is left out of the comparison.
    package func matches(_ path: String) -> Bool {
        let parts = Self.split(path[..<(path.firstIndex { $0 == "?" || $0 == "#" } ?? path.endIndex)])
        guard parts.count == segments.count else { return false }
        return zip(segments, parts).allSatisfy { segment, part in
            switch segment {
            case .literal(let literal): return literal == part
            case .parameter(let before, let after):
                return part.utf8.count > before.utf8.count + after.utf8.count && part.hasPrefix(before)
                    && part.hasSuffix(after)
            }
        }
    }

    /// Whether this pattern is to be asked before `other`: at the first segment in which they differ in kind, a
    /// literal comes before a parameter with text around it, and that before a bare parameter. Patterns of different
    /// lengths never meet.
    func isMoreSpecific(than other: PathPattern) -> Bool {
        guard segments.count == other.segments.count else { return false }
        for (mine, its) in zip(segments, other.segments) {
            let (mine, its) = (Self.freedom(mine), Self.freedom(its))
            if mine != its { return mine < its }
        }
        return false
    }

    private static func freedom(_ segment: Segment) -> Int {
        switch segment {
        case .literal: 0
        case .parameter(let before, let after): before.isEmpty && after.isEmpty ? 2 : 1
        }
    }

    private static func split(_ path: some StringProtocol) -> [Substring] {
        Substring(path).split(separator: "/", omittingEmptySubsequences: false)
    }

    private static func segment(_ part: Substring) -> Segment? {
        guard let open = part.firstIndex(of: "{") else { return part.contains("}") ? nil : .literal(part) }
        let before = part[..<open]
        guard let close = part[open...].firstIndex(of: "}"), !before.contains("}") else { return nil }
        let name = part[part.index(after: open)..<close]
        let after = part[part.index(after: close)...]
        guard !name.isEmpty, !name.contains("{"), !after.contains(where: { $0 == "{" || $0 == "}" }) else { return nil }
        return .parameter(before: before, after: after)
    }
}
