import ApeCore
import ApeWire

/// Rows that a worker was given, which no other gets.
package struct RowLease: Sendable, Equatable {
    package var worker: String
    /// The name of the set.
    package var set: String
    /// The goal that the worker named.
    package var goal: String
    /// The worker's request.
    package var request: Int64
    /// The rows' numbers.
    package var rows: Range<Int>
}

extension RowLease {
    /// The lease as it stands in a fact.
    var members: JSONObject {
        [
            "kind": "rows_leased", "worker": .string(worker), "set": .name(set), "goal": .name(goal),
            "request": .integer(request, in: WireLimit.counts),
            "first": .integer(rows.lowerBound, in: WireLimit.agentCounts),
            "rows": .integer(rows.count, in: WireLimit.agentCounts),
        ]
    }

    init(_ fields: Fields) throws(ApeError) {
        let first = try fields.int("first", in: WireLimit.agentCounts)
        self.init(
            worker: try fields.identifier("worker"),
            set: try fields.text("set"),
            goal: try fields.text("goal"),
            request: try fields.integer("request"),
            rows: first..<(first + (try fields.int("rows", in: WireLimit.agentCounts)))
        )
    }
}

/// Rows that go to a worker: the shell reads their values and cuts them into lines.
package struct RowDelivery: Sendable, Equatable {
    package var run: String
    /// The worker's request.
    package var request: Int64
    package var goal: String
    /// The rows' numbers; none where all are used up.
    package var ranges: [Range<Int>]
    /// Whether every row has been handed out.
    package var isUsedUp: Bool

    /// The most bytes of values in one line, where a single row has no more: with every byte escaped it still fits.
    private static let lineBytes = 96 * 1024

    /// The lines that say so.
    ///
    /// - Parameter read: the values of rows.
    /// - Returns: at least one line.
    /// - Throws: what `read` throws.
    package func lines<Failure: Error>(
        _ read: (Range<Int>) throws(Failure) -> [DataRow]
    ) throws(Failure) -> [[UInt8]] {
        var parts: [Rows] = []
        for range in ranges {
            var (part, bytes) = (part(from: range.lowerBound), 0)
            for (index, row) in try read(range).enumerated() {
                let size = row.reduce(0) { $0 + 4 + ($1?.utf8.count ?? 0) }
                if !part.rows.isEmpty, bytes + size > Self.lineBytes || part.rows.count >= WireLimit.rows {
                    parts.append(part)
                    (part, bytes) = (self.part(from: range.lowerBound + index), 0)
                }
                part.rows.append(row)
                bytes += size
            }
            parts.append(part)
        }
        if parts.isEmpty { parts = [part(from: 0)] }
        parts[parts.count - 1].isLast = true
        parts[parts.count - 1].isUsedUp = isUsedUp
        return parts.map { Message.rows($0).line }
    }

    private func part(from first: Int) -> Rows {
        Rows(run: run, id: request, goal: goal, first: first, rows: [])
    }
}
