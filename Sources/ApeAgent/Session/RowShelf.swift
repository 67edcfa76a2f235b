import ApeCore

/// The rows of one goal's data that are here.
struct RowShelf: Sendable {
    enum Taken: Sendable, Equatable {
        case row(DataRow)
        /// Every row has been handed out, and those that came here are taken.
        case usedUp
    }

    private enum Content: Sendable {
        /// One row for everybody: of a session that somebody tries.
        case given(DataRow)
        /// Those of agents' numbers, of so many rows in all, and the numbers that were asked for.
        case numbered(count: Int, rows: [Int: DataRow], asked: Set<Int>)
        /// Those that no other session has.
        case next(ArraySlice<DataRow>)
    }

    /// Rows that are kept for each agent, unless that turns out to be too few.
    private static let rowsPerAgent = 2
    private static let rowLimits = 16...10_000

    private var content: Content
    /// Rows that are to be here.
    private var target = rowLimits.lowerBound
    /// How much more than usual is kept: it doubles when somebody had to wait.
    private var plenty = 1
    private var isAsked = false
    private var hasKeptWaiting = false
    private var areAllOut = false

    init(given row: DataRow) {
        content = .given(row)
    }

    init(_ pick: DataPick, count: Int) {
        switch pick {
        case .agent: content = .numbered(count: count, rows: [:], asked: [])
        case .once: content = .next([])
        }
    }

    var isUsedUp: Bool {
        if case .next(let rows) = content { rows.isEmpty && areAllOut } else { false }
    }

    /// Takes a row; nil where it has to be waited for. What is wanted is to be asked for.
    mutating func take(_ agent: Int) -> (taken: Taken?, want: RowWant?) {
        switch content {
        case .given(let row): return (.row(row), nil)
        case .numbered(let count, let rows, var asked):
            let number = agent % count
            if let row = rows[number] { return (.row(row), nil) }
            guard asked.insert(number).inserted else { return (nil, nil) }
            content = .numbered(count: count, rows: rows, asked: asked)
            return (nil, .numbered([number...number]))
        case .next(var rows):
            // Without this the slice would be copied.
            content = .next([])
            let row = rows.popFirst()
            content = .next(rows)
            guard row != nil || !areAllOut else { return (.usedUp, nil) }
            if row == nil { hasKeptWaiting = true }
            return (row.map(Taken.row), wantNext())
        }
    }

    /// What these agents will need.
    mutating func foresee(_ agents: some Sequence<Int>) -> RowWant? {
        switch content {
        case .given: return nil
        case .numbered(let count, let rows, var asked):
            let missing = Set(agents.lazy.map { $0 % count }).filter { rows[$0] == nil && !asked.contains($0) }
            guard !missing.isEmpty else { return nil }
            asked.formUnion(missing)
            content = .numbered(count: count, rows: rows, asked: asked)
            return .numbered(missing.sorted().map { $0...$0 })
        case .next:
            let wanted = Self.rowsPerAgent * agents.reduce(0) { count, _ in count + 1 } * plenty
            target = min(max(wanted, Self.rowLimits.lowerBound), Self.rowLimits.upperBound)
            return wantNext()
        }
    }

    /// Lets go of rows that none of these agents takes.
    mutating func keep(_ agents: some Sequence<Int>) {
        guard case .numbered(let count, let rows, let asked) = content else { return }
        let kept = Set(agents.lazy.map { $0 % count })
        content = .numbered(count: count, rows: rows.filter { kept.contains($0.key) }, asked: asked)
    }

    /// Takes rows in.
    mutating func add(_ fresh: [DataRow], first: Int, isLast: Bool, areAllOut: Bool) -> RowWant? {
        switch content {
        case .given: return nil
        case .numbered(let count, var rows, var asked):
            content = .numbered(count: count, rows: [:], asked: [])
            for (index, row) in fresh.enumerated() {
                rows[first + index] = row
                asked.remove(first + index)
            }
            content = .numbered(count: count, rows: rows, asked: asked)
            return nil
        case .next(let rows):
            content = .next(rows + fresh)
            self.areAllOut = self.areAllOut || areAllOut
            if hasKeptWaiting {
                hasKeptWaiting = false
                plenty = min(plenty * 2, Self.rowLimits.upperBound)
                target = min(target * 2, Self.rowLimits.upperBound)
            }
            if isLast { isAsked = false }
            return wantNext()
        }
    }

    private mutating func wantNext() -> RowWant? {
        guard case .next(let rows) = content, !isAsked, !areAllOut, rows.count * 2 < target else { return nil }
        isAsked = true
        return .next(target - rows.count)
    }
}
