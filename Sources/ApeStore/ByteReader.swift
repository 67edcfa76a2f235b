import ApeCore

/// Reads what ``ByteWriter`` writes. A read past the end throws ``malformed``.
struct ByteReader {
    /// Thrown for bytes that ``ByteWriter`` did not write. Who reads a row says which row it is.
    static let malformed = ApeError(.store, "The bytes are not what was written")

    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() throws(ApeError) -> UInt8 {
        guard let first = rest.popFirst() else { throw Self.malformed }
        return first
    }

    mutating func unsigned() throws(ApeError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let next = try byte()
            let part = UInt64(next & 0x7F)
            guard shift < 63 || part <= 1 else { throw Self.malformed }
            value |= part << shift
            if next & 0x80 == 0 { return value }
        }
        throw Self.malformed
    }

    mutating func int64() throws(ApeError) -> Int64 {
        let folded = try unsigned()
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }

    mutating func int() throws(ApeError) -> Int {
        Int(try int64())
    }

    /// Reads the number of elements that follow. It is at most the number of bytes left, as each element has at least
    /// one byte.
    mutating func count() throws(ApeError) -> Int {
        let number = try unsigned()
        guard number <= UInt64(rest.count) else { throw Self.malformed }
        return Int(number)
    }

    mutating func double() throws(ApeError) -> Double {
        var bits: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bits |= UInt64(try byte()) << shift }
        return Double(bitPattern: bits)
    }

    mutating func text() throws(ApeError) -> String {
        let length = try count()
        guard let text = String(validating: rest.prefix(length), as: UTF8.self) else { throw Self.malformed }
        rest.removeFirst(length)
        return text
    }
}
