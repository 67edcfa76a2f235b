extension JSONScanner {
    /// Takes a string as it stands, its escapes unresolved: the range of the bytes between its quotes.
    package mutating func takeRawString() throws(ApeError) -> Range<Int> {
        try expect(UInt8(ascii: "\""))
        let start = position
        _ = try runToQuote()
        advance()
        return start..<(position - 1)
    }

    /// Takes a string as it stands; anything else is stepped over and is nil.
    package mutating func takeRawStringIfAny() throws(ApeError) -> Range<Int>? {
        if peek() == UInt8(ascii: "\"") { return try takeRawString() }
        try skipValue()
        return nil
    }

    /// Takes a number; anything else is stepped over and is nil.
    package mutating func takeNumberIfAny() throws(ApeError) -> JSONValue? {
        if let byte = peek(), byte == UInt8(ascii: "-") || byte &- 0x30 < 10 { return try takeNumber() }
        try skipValue()
        return nil
    }

    /// Walks an object without building its keys: `member` gets each key's raw bytes as a range, the scanner standing
    /// before the value, which it must take or skip. Anything but an object is stepped over.
    package mutating func walkObject(
        _ member: (_ key: Range<Int>, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        guard peek() == UInt8(ascii: "{") else { return try skipValue() }
        advance()
        if take(UInt8(ascii: "}")) { return }
        try walkMember(member)
        try walkRest(member)
    }

    /// Walks the rest of an object behind one of its values, as ``walkObject(_:)`` does.
    package mutating func walkRest(
        _ member: (_ key: Range<Int>, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        while take(UInt8(ascii: ",")) { try walkMember(member) }
        try expect(UInt8(ascii: "}"))
    }

    private mutating func walkMember(
        _ member: (_ key: Range<Int>, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        let key = try takeRawString()
        try expect(UInt8(ascii: ":"))
        try member(key, &self)
    }

    /// Takes exactly these bytes, or nothing.
    package mutating func take(bytes wanted: [UInt8]) -> Bool {
        guard !wanted.isEmpty, end - position >= wanted.count,
            ByteRun.agrees(wanted, 0, with: bytes, position, count: wanted.count)
        else { return false }
        advance(wanted.count)
        return true
    }

    /// Walks an array; anything but an array is stepped over.
    package mutating func walkArray(
        _ element: (_ index: Int, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        guard peek() == UInt8(ascii: "[") else { return try skipValue() }
        try scanArray(element)
    }

    /// Whether the bytes of `range` are `word`.
    @inlinable
    package func holds(_ word: StaticString, at range: Range<Int>) -> Bool {
        // Every key of every streamed event is held against a few words, most of which differ in length.
        range.count == word.utf8CodeUnitCount && begins(with: word, at: range.lowerBound)
    }

    @usableFromInline
    func begins(with word: StaticString, at start: Int) -> Bool {
        word.withUTF8Buffer { buffer in
            for offset in buffer.indices where bytes[start + offset] != buffer[offset] { return false }
            return true
        }
    }

    /// The string whose raw bytes stand in `range`, its escapes resolved.
    package func text(at range: Range<Int>) throws(ApeError) -> String {
        var scanner = JSONScanner(bytes, in: (range.lowerBound - 1)..<(range.upperBound + 1), asServed: asServed)
        return try scanner.takeString()
    }
}
