/// Where a `$ref` leads: to a resource, which is a file or what an `$id` names, and to a place in it.
struct OpenAPIReference {
    /// A path as it is seen from where the program runs, or a URL.
    let resource: String
    /// A JSON pointer, an anchor's name, or empty for the whole resource; without the `#`, as it is written.
    let fragment: Substring

    /// Reads a reference that ``absolute(_:from:)`` made.
    init(_ absolute: String) {
        let parts = absolute.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        resource = String(parts[0])
        fragment = parts.count > 1 ? parts[1] : ""
    }

    /// The keys of a pointer's steps; nil where the fragment is an anchor's name.
    var steps: [String]? { Self.steps(Self.decodingPercents(fragment)) }

    /// The same where percent signs were meant as they stand.
    var literalSteps: [String]? { Self.steps(String(fragment)) }

    private static func steps(_ fragment: String) -> [String]? {
        if fragment.isEmpty { return [] }
        guard fragment.hasPrefix("/") else { return nil }
        return fragment.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    /// A reference with the resource that it leads to written out, so that it leads there from anywhere.
    static func absolute(_ reference: String, from base: String) -> String {
        let place = reference.firstIndex(of: "#").map { reference[$0...] } ?? ""
        let resource = reference.dropLast(place.count)
        if resource.isEmpty { return base + place }
        if hasScheme(resource) { return reference }
        let path = decodingPercents(resource)
        let (root, folder) = split(base)
        if path.hasPrefix("/") { return root + path + place }
        return root + normalized(folder + path) + place
    }

    /// Whether a text begins like `https:`.
    static func hasScheme(_ text: some StringProtocol) -> Bool {
        guard let colon = text.firstIndex(of: ":"), text.first?.isLetter == true else { return false }
        return text[..<colon].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+.-".contains($0)) }
    }

    /// Scheme and host of a URL, and the folder of its path; a file has no root.
    private static func split(_ base: String) -> (root: String, folder: String) {
        var root = ""
        var path = base[...]
        if let scheme = base.firstRange(of: "://") {
            let end = base[scheme.upperBound...].firstIndex(of: "/") ?? base.endIndex
            root = String(base[..<end])
            path = end < base.endIndex ? base[end...] : "/"
        }
        return (root, path.lastIndex(of: "/").map { String(path[...$0]) } ?? "")
    }

    /// A path without `.` and without `..` where something stands before it.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// `%7Bid%7D` is `{id}`, as bundlers write it.
    static func decodingPercents(_ text: some StringProtocol) -> String {
        guard text.contains("%") else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.first != UInt8(ascii: "+"),
                let decoded = UInt8(String(Substring(digits)), radix: 16)
            {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
