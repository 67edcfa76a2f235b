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

    /// Where a byte stands first.
    ///
    /// - Parameters:
    ///   - byte: what is looked for.
    ///   - bytes: what is searched.
    ///   - start: where the search begins.
    /// - Returns: the byte's place; the number of bytes where it is not there.
    package static func place(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        let raw = bytes.bytes
        while index + 8 <= bytes.count {
            let stops = equal(byte, in: eight(raw, at: index))
            if stops != 0 { return index + stops.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count, bytes[index] != byte { index += 1 }
        return index
    }

    /// Whether all bytes between two places are of ASCII.
    ///
    /// - Parameters:
    ///   - bytes: what is searched.
    ///   - start: where the search begins.
    ///   - end: where it ends; at most the number of bytes.
    /// - Returns: false for the first byte that is not.
    package static func isASCII(_ bytes: [UInt8], from start: Int, to end: Int) -> Bool {
        var index = start
        let raw = bytes.span.bytes
        while index + 8 <= end {
            if eight(raw, at: index) & highs != 0 { return false }
            index += 8
        }
        while index < end, bytes[index] < 0x80 { index += 1 }
        return index == end
    }

    /// Whether so many bytes from a place are the same as others from another.
    ///
    /// - Parameters:
    ///   - one: bytes.
    ///   - start: where the comparison begins in them.
    ///   - other: the bytes that they are compared with.
    ///   - place: where the comparison begins in those.
    ///   - count: how many bytes are compared; both have as many.
    /// - Returns: whether all are the same.
    package static func agrees(
        _ one: [UInt8],
        _ start: Int,
        with other: [UInt8],
        _ place: Int,
        count: Int
    ) -> Bool {
        let (first, second) = (one.span.bytes, other.span.bytes)
        var index = 0
        while index + 8 <= count {
            guard eight(first, at: start + index) == eight(second, at: place + index) else { return false }
            index += 8
        }
        while index < count, one[start + index] == other[place + index] { index += 1 }
        return index == count
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
