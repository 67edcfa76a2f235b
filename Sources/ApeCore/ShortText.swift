extension String {
    /// The text cut to at most `bytes` of UTF-8, between two characters.
    package func cut(to bytes: Int) -> String {
        if utf8.count <= bytes { return self }
        var end = utf8.index(startIndex, offsetBy: bytes)
        while end > startIndex, end.samePosition(in: self) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }

    /// The text with at most `bytes` of UTF-8. A longer one is its beginning and a mark of the whole, so that two long
    /// texts stay two: `GET /a/very/long~1f3870be`.
    package func shortened(to bytes: Int) -> String {
        if utf8.count <= bytes { return self }
        // FNV-1a, the same on every host and in every version.
        let hash = utf8.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        let mark = String(hash, radix: 16)
        let padded = String(repeating: "0", count: 8 - mark.utf8.count) + mark
        return cut(to: max(0, bytes - 9)) + "~" + padded
    }
}
