import ApeCore
import ApeWire

/// Rows of data that a worker has asked for and has not got: one request for each goal at a time.
struct RowRequests: Sendable {
    /// Rows of known numbers that are asked for at once.
    static let numberedRows = 2_000

    private struct Request: Sendable {
        var id: Int64
        var goal: String
        var want: WantRows.Want
        /// Of rows that nobody has had: the next number that has not come. An answer that comes again, after a reconnect,
        /// is not to be stocked twice.
        var next: Int?
        /// Whether anything has come.
        var isAnswered = false
    }

    private var open: [Request] = []
    /// Rows of known numbers that are asked for behind those that are.
    private var later: [String: AgentRanges] = [:]
    /// Of this process: a coordinator takes an older one for an old request that comes late.
    private var lastID: Int64 = 0

    /// What is to be said again on a new connection.
    func wants(of run: String) -> [WantRows] {
        open.map { WantRows(run: run, id: $0.id, goal: $0.goal, want: $0.want) }
    }

    /// Nothing that was asked for is wanted any more.
    mutating func forget() {
        open = []
        later = [:]
    }

    /// Asks for rows; nil where the goal's latest request has to be answered first.
    mutating func ask(_ goal: String, _ want: RowWant, of run: String) -> WantRows? {
        let isOpen = open.contains { $0.goal == goal }
        switch want {
        case .next(let count): return isOpen ? nil : add(goal, .next(min(max(1, count), WireLimit.rows)), run)
        case .numbered(let rows):
            later[goal] = (later[goal] ?? AgentRanges()).union(AgentRanges(rows))
            return isOpen ? nil : askLater(goal, run)
        }
    }

    private mutating func askLater(_ goal: String, _ run: String) -> WantRows? {
        guard let waiting = later.removeValue(forKey: goal), !waiting.isEmpty else { return nil }
        let rows = waiting.prefix(Self.numberedRows)
        later[goal] = waiting.subtracting(rows)
        return add(goal, .numbered(rows), run)
    }

    private mutating func add(_ goal: String, _ want: WantRows.Want, _ run: String) -> WantRows {
        lastID += 1
        open.append(Request(id: lastID, goal: goal, want: want))
        return WantRows(run: run, id: lastID, goal: goal, want: want)
    }

    /// Takes an answer in.
    ///
    /// - Returns: what of it is new, nil where nobody waits for it; and what is to be asked for next.
    mutating func take(_ answer: Rows) -> (rows: Rows?, then: WantRows?) {
        guard let index = open.firstIndex(where: { $0.goal == answer.goal && $0.id == answer.id }) else {
            return (nil, nil)
        }
        var (fresh, rest) = (answer, AgentRanges())
        let end = answer.first + answer.rows.count
        switch open[index].want {
        case .next:
            let old = min(max(0, (open[index].next ?? answer.first) - answer.first), answer.rows.count)
            fresh.rows.removeFirst(old)
            fresh.first += old
            open[index].next = max(end, open[index].next ?? 0)
        case .numbered(let rows):
            rest = rows.subtracting(AgentRanges(answer.first..<end))
            open[index].want = .numbered(rest)
        }
        open[index].isAnswered = open[index].isAnswered || !answer.rows.isEmpty
        guard answer.isLast else { return (fresh, nil) }
        let request = open.remove(at: index)
        // Who gets nothing at all of what it asks for asks no more.
        if request.isAnswered { later[answer.goal] = rest.union(later[answer.goal] ?? AgentRanges()) }
        return (fresh, askLater(answer.goal, answer.run))
    }
}
