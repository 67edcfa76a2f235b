extension JSONScanner {
    /// Takes a string as it stands, its escapes unresolved: the range of the bytes between its quotes.
    package mutating func takeRawString() throws(ApeError) -> Range<Int> {
        _ = peek()
        let open = position
        try skipString()
        return (open + 1)..<(position - 1)
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
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try takeRawString()
            try expect(UInt8(ascii: ":"))
            try member(key, &self)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    /// Walks an array; anything but an array is stepped over.
    package mutating func walkArray(
        _ element: (_ index: Int, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        guard peek() == UInt8(ascii: "[") else { return try skipValue() }
        try scanArray(element)
    }

    /// Whether the bytes of `range` are `word`.
    package func holds(_ word: StaticString, at range: Range<Int>) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        // A plain loop: every key of every streamed event is held against a few words, most of which differ at once.
        return word.withUTF8Buffer { buffer in
            for offset in buffer.indices where bytes[range.lowerBound + offset] != buffer[offset] { return false }
            return true
        }
    }

    /// The string whose raw bytes stand in `range`, its escapes resolved.
    package func text(at range: Range<Int>) throws(ApeError) -> String {
        var scanner = JSONScanner(bytes, in: (range.lowerBound - 1)..<(range.upperBound + 1), asServed: asServed)
        return try scanner.takeString()
    }
}
