/// A strict, bounded pull scanner for JSON (RFC 8259) over bytes.
///
/// It exists beside Foundation's decoder for two reasons: a worker scans some 25,000 stream events a second and
/// wants two fields of each without building the rest, and what peers send must be held to limits (depth, duplicate
/// keys) that Foundation does not offer. Every error names the byte offset, counted from where the text starts in the
/// buffer. ``ServedJSON`` says what else is taken from a target's answer.
package struct JSONScanner {
    /// The greatest nesting of arrays and objects that is accepted.
    package static let maximumDepth = 64
    /// The greatest nesting that is accepted from a target.
    package static let maximumServedDepth = 256

    package let bytes: [UInt8]
    @usableFromInline
    package internal(set) var position: Int
    package let end: Int
    private let start: Int
    /// Whether a target's answer is read, which is taken as it comes.
    let asServed: Bool
    var depth = 0

    /// - Parameters:
    ///   - bytes: the buffer that holds the text.
    ///   - range: the part of it to scan; all of it when nil.
    ///   - asServed: whether it is a target's answer, prepared by ``ServedJSON``.
    package init(_ bytes: [UInt8], in range: Range<Int>? = nil, asServed: Bool = false) {
        self.bytes = bytes
        self.asServed = asServed
        start = range?.lowerBound ?? 0
        position = start
        end = range?.upperBound ?? bytes.count
    }

    /// Steps over white space and tells the next byte without taking it; nil at the end.
    @inlinable
    @inline(__always)
    package mutating func peek() -> UInt8? {
        if position < end, bytes[position] > 0x20 { return bytes[position] }
        return peekBehindSpace()
    }

    @usableFromInline
    mutating func peekBehindSpace() -> UInt8? {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return bytes[position]
            }
        }
        return nil
    }

    /// Takes the next byte, white space aside, if it is `byte`.
    @inlinable
    @inline(__always)
    package mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position &+= 1
        return true
    }

    /// Takes `byte` or throws what was found instead.
    @inlinable
    package mutating func expect(_ byte: UInt8) throws(ApeError) {
        guard take(byte) else { throw missing(byte) }
    }

    @usableFromInline
    func missing(_ byte: UInt8) -> ApeError {
        unexpected("'\(Character(UnicodeScalar(byte)))'")
    }

    /// Throws unless only white space is left.
    package mutating func finish() throws(ApeError) {
        if peek() != nil { throw unexpected("the end") }
    }

    func unexpected(_ wanted: String) -> ApeError {
        let found = position < end ? "byte 0x" + String(bytes[position], radix: 16) : "the end"
        return failure("expected \(wanted), found \(found)")
    }

    func failure(_ message: String) -> ApeError {
        ApeError(.json, "Not valid JSON at byte \(position - start): \(message)")
    }

    mutating func advance(_ count: Int = 1) {
        position += count
    }

    mutating func enter() throws(ApeError) {
        depth += 1
        let limit = asServed ? Self.maximumServedDepth : Self.maximumDepth
        if depth > limit { throw failure("nested deeper than \(limit) levels") }
    }

    mutating func leave() {
        depth -= 1
    }
}

extension JSONScanner {
    /// Walks an object: calls `member` with each key, the scanner standing before the member's value, which the
    /// closure must take or skip. Keys come as they stand; duplicates are the caller's to judge.
    package mutating func scanObject(
        _ member: (_ key: String, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        try expect(UInt8(ascii: "{"))
        try enter()
        if !take(UInt8(ascii: "}")) {
            repeat {
                let key = try takeString()
                try expect(UInt8(ascii: ":"))
                try member(key, &self)
            } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "}"))
        }
        leave()
    }

    /// Walks an array: calls `element` with each index, the scanner standing before the element, which the closure
    /// must take or skip.
    package mutating func scanArray(
        _ element: (_ index: Int, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        try expect(UInt8(ascii: "["))
        try enter()
        if !take(UInt8(ascii: "]")) {
            var index = 0
            repeat {
                try element(index, &self)
                index += 1
            } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "]"))
        }
        leave()
    }

    /// Takes a whole value as a tree. Duplicate keys are refused; of a target's the last one counts.
    package mutating func takeValue() throws(ApeError) -> JSONValue {
        switch peek() {
        case UInt8(ascii: "{"):
            var object = JSONObject()
            try scanObject { key, scanner throws(ApeError) in
                let value = try scanner.takeValue()
                if object.updateValue(value, forKey: key) != nil, !scanner.asServed {
                    throw scanner.failure("the key \"\(key.prefix(64))\" stands twice in one object")
                }
            }
            return .object(object)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try scanArray { _, scanner throws(ApeError) in elements.append(try scanner.takeValue()) }
            return .array(elements)
        case UInt8(ascii: "\""):
            return .string(try takeString())
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            return try takeLiteral()
        default:
            if asServed, let word = takeNonFinite() { return .string(word) }
            return try takeAnyNumber()
        }
    }

    /// Steps over a whole value, checking its form but building nothing.
    package mutating func skipValue() throws(ApeError) {
        switch peek() {
        case UInt8(ascii: "{"):
            try expect(UInt8(ascii: "{"))
            try enter()
            if !take(UInt8(ascii: "}")) {
                repeat {
                    try skipString()
                    try expect(UInt8(ascii: ":"))
                    try skipValue()
                } while take(UInt8(ascii: ","))
                try expect(UInt8(ascii: "}"))
            }
            leave()
        case UInt8(ascii: "["):
            try scanArray { _, scanner throws(ApeError) in try scanner.skipValue() }
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): _ = try takeLiteral()
        default:
            if asServed, takeNonFinite() != nil { return }
            try skipNumber()
        }
    }
}

extension JSONValue {
    /// Parses one JSON text.
    ///
    /// - Throws: ``ApeError`` of code `json` that names the byte offset.
    package init(parsing bytes: [UInt8]) throws(ApeError) {
        var scanner = JSONScanner(bytes)
        self = try scanner.takeValue()
        try scanner.finish()
    }

    /// Parses one JSON text.
    package init(parsing text: String) throws(ApeError) {
        try self.init(parsing: Array(text.utf8))
    }
}
