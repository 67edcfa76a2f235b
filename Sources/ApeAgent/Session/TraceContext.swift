import ApeCore

/// The W3C trace context of one session: one trace, and a new parent for every request.
struct TraceContext: Sendable {
    /// 32 hexadecimal digits, not all 0.
    let traceID: String
    private var random: SeededRandom

    init(random: inout SeededRandom) {
        traceID = Self.hex(random.next() | 1) + Self.hex(random.next())
        self.random = SeededRandom(seed: random.next())
    }

    /// The `traceparent` of the next request.
    mutating func next() -> String {
        "00-\(traceID)-\(Self.hex(random.next() | 1))-01"
    }

    /// A context of the same trace for what runs beside this one.
    mutating func branch() -> TraceContext {
        var branch = self
        branch.random = SeededRandom(seed: random.next())
        return branch
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 16) { buffer in
            for place in 0..<16 { buffer[place] = digits[Int((value >> UInt64(60 - place * 4)) & 15)] }
            return 16
        }
    }
}
