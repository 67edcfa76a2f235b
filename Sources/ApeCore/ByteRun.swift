/// Searches of bytes that look at eight at a time: a worker reads some megabytes of streamed events a second.
package enum ByteRun {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Where the first byte stands that does not stand for itself in a string of JSON: a quote, a backslash, a control
    /// character or DEL.
    ///
    /// - Parameters:
    ///   - bytes: what is searched.
    ///   - start: where the search begins.
    ///   - end: where it ends; at most the number of bytes.
    /// - Returns: the byte's place; `end` where there is none.
    @inline(__always)
    static func plainEnd(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
        var index = start
        let raw = bytes.span.bytes
        while index + 8 <= end {
            let word = eight(raw, at: index)
            let stops =
                below(0x20, in: word) | equal(0x22, in: word) | equal(0x5C, in: word) | equal(0x7F, in: word)
            if stops != 0 { return index + stops.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < end, !isSpecial(bytes[index]) { index += 1 }
        return index
    }

    /// Whether a byte does not stand for itself in a string of JSON, or is DEL.
    @inline(__always)
    static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    /// Where the first byte stands that ends a line: LF or CR.
    ///
    /// - Parameters:
    ///   - bytes: what is searched.
    ///   - start: where the search begins.
    /// - Returns: the byte's place; the number of bytes where there is none.
    package static func lineEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        let end = bytes.count
        let raw = bytes.span.bytes
        while index + 8 <= end {
            let word = eight(raw, at: index)
            let stops = equal(0x0A, in: word) | equal(0x0D, in: word)
            if stops != 0 { return index + stops.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < end, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
        return index
    }

    /// Whether some bytes stand at a place of others.
    static func stands(_ wanted: [UInt8], in bytes: [UInt8], at start: Int, before end: Int) -> Bool {
        guard end - start >= wanted.count else { return false }
        let (one, other) = (wanted.span.bytes, bytes.span.bytes)
        var index = 0
        while index + 8 <= wanted.count {
            guard eight(one, at: index) == eight(other, at: start + index) else { return false }
            index += 8
        }
        while index < wanted.count, wanted[index] == bytes[start + index] { index += 1 }
        return index == wanted.count
    }

    /// Eight bytes, the first in the lowest place. The load is checked against the bytes' end, and any eight bytes are a
    /// number.
    @inline(__always)
    private static func eight(_ raw: RawSpan, at index: Int) -> UInt64 {
        UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    // Both mark the highest bit of each byte found. Bytes above the first one found may be marked wrongly.

    @inline(__always)
    private static func equal(_ byte: UInt8, in word: UInt64) -> UInt64 {
        let zeros = word ^ (ones &* UInt64(byte))
        return (zeros &- ones) & ~zeros & highs
    }

    @inline(__always)
    private static func below(_ byte: UInt8, in word: UInt64) -> UInt64 {
        (word &- ones &* UInt64(byte)) & ~word & highs
    }
}
