import ApeCore

/// What the tools of a request say: their names, and which target their calls may name.
struct OfferedTools: Sendable {
    private static let last = LastRead<OfferedTools>()

    var names: [String] = []
    /// The first target that a tool's schema allows.
    var target: String?
    var haveSchemas = false

    /// Reads `tools` in the form of any API; anything but an array holds none.
    init(_ scanner: inout JSONScanner) throws(ApeError) {
        let start = ModelRequest.start(&scanner)
        if let last = Self.last.entry, scanner.take(bytes: last.text) {
            self = last.value
            return
        }
        try scanner.walkArray { _, scanner throws(ApeError) in try read(&scanner) }
        let text = scanner.bytes[start..<scanner.position]
        // Anything but an array may be the beginning of a longer value.
        if text.first == UInt8(ascii: "[") { Self.last.keep(self, of: text) }
    }

    /// Reads one tool, or the `function` object of one.
    private mutating func read(_ scanner: inout JSONScanner, isFunction: Bool = false) throws(ApeError) {
        try scanner.walkObject { key, scanner throws(ApeError) in
            if !isFunction, scanner.holds("function", at: key) {
                try read(&scanner, isFunction: true)
            } else if scanner.holds("name", at: key) {
                names.append(try ModelRequest.text(&scanner, "a tool's name"))
            } else if scanner.holds("parameters", at: key) || scanner.holds("input_schema", at: key) {
                haveSchemas = true
                if target == nil { try readSchema(&scanner) } else { try scanner.skipValue() }
            } else {
                try scanner.skipValue()
            }
        }
    }

    private mutating func readSchema(_ scanner: inout JSONScanner) throws(ApeError) {
        try Self.member("properties", &scanner) { scanner throws(ApeError) in
            try Self.member("target", &scanner) { scanner throws(ApeError) in
                target = try scanner.takeValue()["enum"]?[0]?.string ?? Planner.defaultTarget
            }
        }
    }

    /// Reads one member of an object and skips all others.
    private static func member(
        _ name: StaticString,
        _ scanner: inout JSONScanner,
        _ body: (inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds(name, at: key) { try body(&scanner) } else { try scanner.skipValue() }
        }
    }
}
