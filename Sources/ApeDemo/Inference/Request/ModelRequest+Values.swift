import ApeCore

/// The values that requests of all APIs are made of.
extension ModelRequest {
    /// The longest name in a request, in bytes.
    private static let maximumNameBytes = 256

    /// Where the next value begins.
    static func start(_ scanner: inout JSONScanner) -> Int {
        _ = scanner.peek()
        return scanner.position
    }

    static func text(_ scanner: inout JSONScanner, _ name: @autoclosure () -> String) throws(ApeError) -> String {
        guard scanner.peek() == UInt8(ascii: "\"") else { throw ApeError(.json, "\(name()) must be a string") }
        let text = try scanner.takeString()
        guard text.utf8.count <= maximumNameBytes else {
            throw ApeError(.json, "\(name()) is longer than \(maximumNameBytes) bytes")
        }
        return text
    }

    /// A message's role; nil for one that is not known.
    static func role(_ scanner: inout JSONScanner, _ name: @autoclosure () -> String) throws(ApeError) -> Role? {
        _ = scanner.peek()
        // Most messages have these.
        if scanner.takeText("\"assistant\"") { return .assistant }
        if scanner.takeText("\"tool\"") { return .tool }
        if scanner.takeText("\"user\"") { return .user }
        return Role(rawValue: try text(&scanner, name()))
    }

    /// Skips a value.
    ///
    /// - Returns: the range of a string; nil for any other value.
    static func string(_ scanner: inout JSONScanner) throws(ApeError) -> Range<Int>? {
        guard scanner.peek() == UInt8(ascii: "\"") else {
            try scanner.skipValue()
            return nil
        }
        let start = scanner.position
        try scanner.skipString()
        return start..<scanner.position
    }

    /// The string of a content, or of its first text part.
    static func content(_ scanner: inout JSONScanner) throws(ApeError) -> Range<Int>? {
        guard scanner.peek() == UInt8(ascii: "[") else { return try string(&scanner) }
        var first: Range<Int>?
        try scanner.scanArray { _, scanner throws(ApeError) in
            guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
            try scanner.walkObject { key, scanner throws(ApeError) in
                let text = try string(&scanner)
                if first == nil, scanner.holds("text", at: key) { first = text }
            }
        }
        return first
    }

    /// Reads the objects of the array `name`.
    static func objects(
        _ scanner: inout JSONScanner,
        _ name: String,
        _ read: (_ index: Int, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        guard scanner.peek() == UInt8(ascii: "[") else { throw ApeError(.json, "\(name) must be an array") }
        try scanner.scanArray { index, scanner throws(ApeError) in
            guard scanner.peek() == UInt8(ascii: "{") else {
                throw ApeError(.json, "\(name)[\(index)] must be an object")
            }
            try read(index, &scanner)
        }
    }
}
