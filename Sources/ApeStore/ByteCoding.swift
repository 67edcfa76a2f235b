/// Writes integers of any size in as few bytes as they need: seven bits a byte, the least significant first, the
/// eighth bit set on all but the last (LEB128). Signed ones are folded first, so that small magnitudes stay small.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(byte: UInt8) {
        bytes.append(byte)
    }

    mutating func write(unsigned value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func write(_ value: Int64) {
        write(unsigned: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func write(_ value: Int) {
        write(Int64(value))
    }

    /// The bits of a double, the least significant byte first.
    mutating func write(_ value: Double) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(shift)))
        }
    }

    mutating func write(_ text: String) {
        write(unsigned: UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}

/// Reads what ``ByteWriter`` wrote; every read throws ``Malformed`` rather than go past the end.
struct ByteReader {
    struct Malformed: Error {}

    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard let first = rest.popFirst() else { throw Malformed() }
        return first
    }

    mutating func unsigned() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let next = try byte()
            let part = UInt64(next & 0x7F)
            guard shift < 63 || part <= 1 else { throw Malformed() }
            value |= part << shift
            if next & 0x80 == 0 { return value }
        }
        throw Malformed()
    }

    mutating func int64() throws(Malformed) -> Int64 {
        let folded = try unsigned()
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }

    mutating func int() throws(Malformed) -> Int {
        Int(try int64())
    }

    /// The number of elements that follow, each of at least one byte: never more than there are bytes.
    mutating func count() throws(Malformed) -> Int {
        let number = try unsigned()
        guard number <= UInt64(rest.count) else { throw Malformed() }
        return Int(number)
    }

    mutating func double() throws(Malformed) -> Double {
        var bits: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bits |= UInt64(try byte()) << shift }
        return Double(bitPattern: bits)
    }

    mutating func text() throws(Malformed) -> String {
        let length = try count()
        guard let text = String(validating: rest.prefix(length), as: UTF8.self) else { throw Malformed() }
        rest.removeFirst(length)
        return text
    }
}
