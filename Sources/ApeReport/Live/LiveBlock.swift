/// A part of a dashboard that takes as many rows as it is given.
struct LiveBlock {
    enum Kind: Sendable {
        case title, plan, progress, page
        case agents, mtba, ttft, sessions, arrivals, rates, tokens
        case tries, thresholds, targets, workers, events
        /// Empty lines between groups of blocks.
        case space
    }

    let kind: Kind
    /// The rows that it can fill.
    let most: Int
    /// Whether an empty line before it helps to read.
    var beginsGroup = false
    /// Its lines in so many rows.
    let lines: (Int) -> [LiveLine]

    /// A block of one line.
    init(_ kind: Kind, _ line: LiveLine) {
        self.kind = kind
        most = 1
        lines = { $0 > 0 ? [line] : [] }
    }

    /// A list: in one row a line that stands for all of it, in more a heading and its first items.
    ///
    /// - Parameters:
    ///   - kind: which list it is.
    ///   - summary: stands for the list in one row.
    ///   - heading: the line above so many items.
    ///   - items: the ones that matter most first.
    ///   - line: lays out one of them.
    init<Item>(
        _ kind: Kind,
        summary: LiveLine,
        heading: @escaping (Int) -> LiveLine,
        items: [Item],
        line: @escaping (Item) -> LiveLine
    ) {
        self.kind = kind
        most = items.count + 1
        beginsGroup = true
        lines = { rows in
            guard rows > 1 else { return rows == 1 ? [summary] : [] }
            return [heading(rows - 1)] + items.prefix(rows - 1).map(line)
        }
    }

    /// The latest items of a list, in as many rows.
    init(_ kind: Kind, latest items: [LiveLine]) {
        self.kind = kind
        most = items.count
        beginsGroup = true
        lines = { Array(items.suffix($0)) }
    }
}
