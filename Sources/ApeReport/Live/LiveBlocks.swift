import ApeCore
import ApeFleet
import ApeRun

/// The blocks of a dashboard, laid out in a width.
struct LiveBlocks {
    /// What stands before the figures of a line.
    static let labelCells = 11

    let live: LiveRun
    let width: Int
    let pages: [String]

    init(_ live: LiveRun, width: Int, pages: [String]) {
        self.live = live
        self.width = width
        self.pages = pages
    }

    /// Cells beside the label.
    var room: Int { width - Self.labelCells }

    /// Where the run is.
    var head: [LiveBlock] {
        let page = pages.first { CellText.width(CellText.words($0)) <= room }.map { page -> LiveBlock in
            var line = labelled("Page")
            line.add(page)
            return LiveBlock(.page, line)
        }
        return [LiveBlock(.title, title), LiveBlock(.plan, planLine), LiveBlock(.progress, progressLine)]
            + (page.map { [$0] } ?? [])
    }

    /// A line each, in the order in which they are read.
    var figures: [LiveBlock] {
        var blocks = [LiveBlock(.agents, agentsLine), LiveBlock(.mtba, latencyLine("MTBA", live.mtba))]
        if let ttft = live.ttft { blocks.append(LiveBlock(.ttft, latencyLine("TTFT", ttft))) }
        blocks.append(LiveBlock(.sessions, sessionsLine))
        if let arrivals = live.arrivals { blocks.append(LiveBlock(.arrivals, arrivalsLine(arrivals))) }
        blocks.append(LiveBlock(.rates, ratesLine))
        if live.ttft != nil { blocks.append(LiveBlock(.tokens, tokensLine)) }
        return blocks
    }

    /// What the run is judged by.
    var judgements: [LiveBlock] {
        var blocks: [LiveBlock] = []
        if live.plan.isSearch { blocks.append(triesBlock) }
        if !live.thresholds.isEmpty { blocks.append(conditionsBlock(.thresholds, "Thresholds", live.thresholds)) }
        if !live.targets.isEmpty { blocks.append(conditionsBlock(.targets, "Targets", live.targets)) }
        return blocks
    }

    var fleet: [LiveBlock] { [workersBlock] }

    var lists: [LiveBlock] { judgements + fleet }

    var happenings: [LiveBlock] { [LiveBlock(.events, latest: eventLines)] }

    func labelled(_ label: String, _ style: TerminalStyle? = nil) -> LiveLine {
        var line = LiveLine()
        line.add(label, style ?? .faint, cells: Self.labelCells)
        return line
    }
}

extension LiveBlocks {
    private var title: LiveLine {
        let name = live.isDemo ? "the embedded demo" : live.scenario
        let state = live.isPaused ? "PAUSED" : live.phase?.rawValue ?? "starting"
        let right = "run \(live.run.prefix(8))  \(LiveFigure.clock(live.elapsedSeconds))"
        var line = LiveLine()
        line.add("APE", .green)
        line.add("  ")
        let rest = max(10, width - 5 - CellText.width(CellText.words(right)) - 2)
        line.add("\(state)  \(name)", live.isPaused ? .yellow : nil, cells: rest)
        line.add("  ")
        line.add(right, .faint)
        return line
    }

    /// The stages around the current one.
    private var planLine: LiveLine {
        var line = labelled(live.plan.isSearch ? "Search" : "Plan")
        let (stages, first) = (live.plan.stages, live.plan.first)
        guard !stages.isEmpty else { return line }
        let current = min(max((live.plan.current ?? first) - first, 0), stages.count - 1)
        let words = stages.indices.map { mark($0 + first, stages[$0]) }
        func cells(_ range: ClosedRange<Int>) -> Int {
            let (before, after) = (first + range.lowerBound, live.plan.count - first - range.upperBound - 1)
            let ends = (before > 0 ? "+\(before)  ".count : 0) + (after > 0 ? "+\(after)  ".count : 0)
            return words[range].reduce(ends + 2 * (range.count - 1)) { $0 + $1.width }
        }
        var shown = current...current
        while true {
            let after = shown.upperBound + 1 < stages.count ? shown.lowerBound...(shown.upperBound + 1) : nil
            let before = shown.lowerBound > 0 ? (shown.lowerBound - 1)...shown.upperBound : nil
            guard let next = [after, before].compactMap(\.self).first(where: { cells($0) <= room }) else { break }
            shown = next
        }
        if first + shown.lowerBound > 0 { line.add("+\(first + shown.lowerBound)  ", .faint) }
        for index in shown {
            line.add(words[index], cells: min(words[index].width, max(8, room)))
            if index < shown.upperBound { line.add("  ") }
        }
        let after = live.plan.count - first - shown.upperBound - 1
        if after > 0 { line.add("  +\(after)", .faint) }
        return line
    }

    /// A stage: what became of it, or what it asks for.
    private func mark(_ place: Int, _ stage: LiveRun.StageMark) -> LiveLine {
        let name = CellText.cut(CellText.words(stage.name), to: 20)
        if let status = stage.status { return LiveLine("\(LiveFigure.sign(status)) \(name)", LiveFigure.style(status)) }
        guard place == live.plan.current else { return LiveLine("· \(name)", .faint) }
        return LiveLine("▶ \(name), \(LiveFigure.count(Int64(stage.agents))) agents")
    }

    /// How much of the plan is over, and the time that is left.
    private var progressLine: LiveLine {
        var line = labelled(live.isPaused ? "PAUSED" : "Progress", live.isPaused ? .yellow : nil)
        var left = [(live.phase?.rawValue ?? "", live.left.phase)]
        if room >= 64 { left.append(("stage", live.left.stage)) }
        left.append(("run", live.left.run))
        switch live.phase {
        case nil: line.add("starting")
        case .gathering?:
            line.add("waiting for workers: \(live.fleet.connected) of \(live.fleet.expected)")
            if let seconds = live.left.phase { line.add(", \(LiveFigure.clock(seconds)) left") }
        case .preparing?: line.add("preparing \(live.fleet.connected.counting("worker"))")
        case .finishing?: line.add("finishing: the last windows come in")
        case .ramp?, .hold?, .drain?:
            let words = left.compactMap { name, seconds in
                seconds.map { "\(name) \(LiveFigure.padded(LiveFigure.clock($0), 5))" }
            }
            let right = words.isEmpty ? "until it is ended" : words.joined(separator: "  ") + "  left"
            if let share = live.plan.share {
                let cells = room - right.count - 8
                if cells >= 6 { line.add(LiveFigure.bar(share, cells: cells), .green) }
                line.add(" " + LiveFigure.padded(Decimals.text(100 * share, places: 0), 3) + " %  ")
            }
            line.add(right)
        }
        return line
    }
}
