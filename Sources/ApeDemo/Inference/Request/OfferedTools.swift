import ApeCore

/// What the tools of a request say: their names, and which target their calls may name.
struct OfferedTools: Sendable {
    var names: [String] = []
    /// The first target that a tool's schema allows.
    var target: String?
    var haveSchemas = false

    /// Reads `tools` in the form of any API; anything but an array holds none.
    init(_ scanner: inout JSONScanner) throws(ApeError) {
        try scanner.walkArray { _, scanner throws(ApeError) in try read(&scanner) }
    }

    /// Reads one tool, or the `function` object of one.
    private mutating func read(_ scanner: inout JSONScanner) throws(ApeError) {
        guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
        try scanner.scanObject { key, scanner throws(ApeError) in
            switch key {
            case "function": try read(&scanner)
            case "name": names.append(try ModelRequest.text(&scanner, "a tool's name"))
            case "parameters", "input_schema":
                haveSchemas = true
                if target == nil { try readSchema(&scanner) } else { try scanner.skipValue() }
            default: try scanner.skipValue()
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
        _ name: String,
        _ scanner: inout JSONScanner,
        _ body: (inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
        try scanner.scanObject { key, scanner throws(ApeError) in
            if key == name { try body(&scanner) } else { try scanner.skipValue() }
        }
    }
}
