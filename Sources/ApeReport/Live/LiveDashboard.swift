import ApeCore
import ApeRun

/// A moment of a run as a terminal shows it: never wider than its columns, never higher than its rows.
///
/// What there is no room for falls away by ``priorities``, the least important first. Columns of figures stand at the same
/// places from moment to moment.
package struct LiveDashboard: Sendable {
    /// With fewer columns or rows there is one line.
    static let leastColumns = 60
    static let leastRows = 15
    /// From so many columns on workers and events stand beside the figures.
    static let wideColumns = 116

    let live: LiveRun
    let columns: Int
    let rows: Int
    let isColoured: Bool
    /// Where else the run can be seen, what says most first; the first that fits is shown.
    let pages: [String]

    /// - Parameters:
    ///   - live: the moment.
    ///   - columns: of the terminal.
    ///   - rows: of the terminal.
    ///   - isColoured: whether colours are wanted; every status stands in words too.
    ///   - pages: where else the run can be seen, what says most first; the first that fits is shown.
    package init(_ live: LiveRun, columns: Int, rows: Int, isColoured: Bool, pages: [String] = []) {
        self.live = live
        self.columns = columns
        self.rows = rows
        self.isColoured = isColoured
        self.pages = pages
    }

    /// The lines, without their ends.
    package var lines: [TerminalText] {
        guard columns > 0, rows > 0 else { return [] }
        let lines: [LiveLine]
        if columns < Self.leastColumns || rows < Self.leastRows {
            lines = [LiveLine(LiveSentence(live).text)]
        } else {
            lines = columns < Self.wideColumns ? narrow : wide
        }
        return lines.prefix(rows).map {
            TerminalText(document: $0.text(columns: columns, isColoured: isColoured))
        }
    }

    private var narrow: [LiveLine] {
        let blocks = LiveBlocks(live, width: columns, pages: pages)
        return Self.lines(blocks.head + blocks.figures + blocks.lists + blocks.happenings, rows: rows)
    }

    private var wide: [LiveLine] {
        let left = (columns - Self.gutter.count) / 2
        let right = columns - Self.gutter.count - left
        let head = Self.lines(LiveBlocks(live, width: columns, pages: pages).head, rows: rows)
        let (leftBlocks, rightBlocks) = (
            LiveBlocks(live, width: left, pages: pages), LiveBlocks(live, width: right, pages: pages)
        )
        let body = rows - head.count - 1
        let figures = Self.lines(leftBlocks.figures + leftBlocks.judgements, rows: body)
        let fleet = Self.lines(rightBlocks.fleet + rightBlocks.happenings, rows: body)
        let beside = (0..<max(figures.count, fleet.count)).map { index in
            var line = LiveLine()
            line.add(figures.indices.contains(index) ? figures[index] : LiveLine(), cells: left)
            line.add(Self.gutter)
            if fleet.indices.contains(index) { line.add(fleet[index], cells: right) }
            return line
        }
        return head + [LiveLine()] + beside
    }

    /// What stands between two columns.
    private static let gutter = "   "
}

extension LiveDashboard {
    /// What gets how many rows, in the order in which they are given out; what comes twice gets more where there is room.
    private static let priorities: [(kind: LiveBlock.Kind, rows: Int)] = [
        (.title, 1), (.progress, 1), (.agents, 1), (.mtba, 1), (.ttft, 1), (.sessions, 1), (.workers, 1), (.plan, 1),
        (.thresholds, 1), (.rates, 1), (.arrivals, 1), (.tries, 1), (.events, 1), (.tokens, 1), (.page, 1),
        (.thresholds, 2),
        (.workers, 3), (.events, 3), (.thresholds, 4), (.tries, 4), (.space, 3), (.workers, 7), (.thresholds, 9),
        (.tries, 11), (.targets, 9), (.events, 8), (.thresholds, 101), (.workers, 101), (.tries, 61),
    ]

    /// The lines of blocks from above, in no more rows than there are.
    private static func lines(_ blocks: [LiveBlock], rows: Int) -> [LiveLine] {
        var given: [LiveBlock.Kind: Int] = [:]
        var left = rows
        for (kind, wanted) in priorities {
            let most = kind == .space ? blocks.count { $0.beginsGroup } : blocks.first { $0.kind == kind }?.most ?? 0
            let more = min(left, min(wanted, most) - given[kind, default: 0])
            guard more > 0 else { continue }
            given[kind, default: 0] += more
            left -= more
        }
        var spaces = given[.space] ?? 0
        return blocks.flatMap { block -> [LiveLine] in
            let lines = block.lines(min(block.most, given[block.kind] ?? 0))
            guard block.beginsGroup, spaces > 0, !lines.isEmpty else { return lines }
            spaces -= 1
            return [LiveLine()] + lines
        }
    }
}
