/// A pattern for the paths of requests, such as `/api/products/{id}`: each `{name}` stands for one or more characters
/// of one path segment, of which a segment may have several, such as `{name}.{format}`.
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
        /// The texts around parameters: two empty ones around `{id}`, three for `{name}.{format}`.
        case parameters(texts: [Substring])
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
        for part in Self.parts(of: text) {
            guard let segment = Self.segment(part) else {
                throw failure("'\(part)' has unmatched braces or an empty name")
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
    package func matches(_ path: String) -> Bool { matches(Self.parts(of: path)) }

    /// The same for a path that ``parts(of:)`` cut.
    func matches(_ parts: [Substring]) -> Bool {
        guard parts.count == segments.count else { return false }
        return zip(segments, parts).allSatisfy { segment, part in
            switch segment {
            case .literal(let literal): return literal == part
            case .parameters(let texts): return Self.fits(part, texts)
            }
        }
    }

    var segmentCount: Int { segments.count }

    /// The segments of a request's path, without its query and fragment. Servers cut a path at its bytes; by characters, a
    /// slash with an accent behind it would be another.
    static func parts(of path: String) -> [Substring] {
        let (text, bytes) = (path.utf8, path.utf8.span)
        func part(_ start: Int, _ end: Int) -> Substring {
            path[text.index(text.startIndex, offsetBy: start)..<text.index(text.startIndex, offsetBy: end)]
        }
        var parts: [Substring] = []
        parts.reserveCapacity(8)
        var (start, end) = (0, 0)
        while end < bytes.count, bytes[end] != UInt8(ascii: "?"), bytes[end] != UInt8(ascii: "#") {
            if bytes[end] == UInt8(ascii: "/") {
                parts.append(part(start, end))
                start = end + 1
            }
            end += 1
        }
        parts.append(part(start, end))
        return parts
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
        case .parameters(let texts): texts.count == 2 && texts.allSatisfy(\.isEmpty) ? 2 : 1
        }
    }

    /// Whether a part of a path has the texts with one or more characters before each but the first. Each is taken where
    /// it first comes, which leaves the most to those after it.
    private static func fits(_ part: Substring, _ texts: [Substring]) -> Bool {
        guard let first = texts.first, let last = texts.last, part.hasPrefix(first) else { return false }
        var rest = part.dropFirst(first.count)
        for text in texts.dropFirst().dropLast() {
            guard let found = rest.dropFirst().firstRange(of: text) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.utf8.count > last.utf8.count && rest.hasSuffix(last)
    }

    private static func segment(_ part: Substring) -> Segment? {
        guard part.contains(where: { $0 == "{" || $0 == "}" }) else { return .literal(part) }
        var texts: [Substring] = []
        var rest = part
        while let open = rest.firstIndex(of: "{") {
            let text = rest[..<open]
            guard let close = end(of: rest[open...]), !text.contains("}") else { return nil }
            guard rest.index(after: open) < close else { return nil }
            // Two parameters side by side match what one would.
            if texts.isEmpty || !text.isEmpty { texts.append(text) }
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.contains("}") else { return nil }
        return .parameters(texts: texts + [rest])
    }

    /// The brace that closes the parameter with which a text begins; braces within, as of `{id:[0-9]{3}}`, are the name's.
    private static func end(of text: Substring) -> Substring.Index? {
        var depth = 0
        return text.indices.first { index in
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" { depth -= 1 }
            return depth == 0
        }
    }
}
