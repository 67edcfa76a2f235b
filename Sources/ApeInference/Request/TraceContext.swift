import ApeCore

/// The W3C trace context of one session: one trace, and a new parent for every request.
package struct TraceContext: Sendable {
    /// 32 hexadecimal digits, not all 0.
    package let traceID: String
    private var random: SeededRandom

    package init(random: inout SeededRandom) {
        traceID = Hexadecimal.text(of: random.next() | 1) + Hexadecimal.text(of: random.next())
        self.random = SeededRandom(seed: random.next())
    }

    /// The span of the next request.
    package mutating func nextSpan() -> UInt64 { random.next() | 1 }

    /// The `traceparent` of a request that has this span.
    package func parent(_ span: UInt64) -> String {
        "00-\(traceID)-\(Hexadecimal.text(of: span))-01"
    }

    /// A context of the same trace for what runs beside this one.
    package mutating func branch() -> TraceContext {
        var branch = self
        branch.random = SeededRandom(seed: random.next())
        return branch
    }
}
