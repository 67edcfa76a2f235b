import ApeCore
import ApeRun

/// The lists of a dashboard.
extension LiveBlocks {
    /// Those that fail come first; the others keep their order.
    func conditionsBlock(_ kind: LiveBlock.Kind, _ title: String, _ conditions: [LiveRun.Condition]) -> LiveBlock {
        let failing = conditions.filter { $0.status == .fail }
        let passing = conditions.count { $0.status == .pass }
        let open = conditions.count - failing.count - passing
        var counts = labelled(title)
        counts.add("\(passing) PASS", passing > 0 ? .green : .faint)
        counts.add("  ")
        counts.add("\(failing.count) FAIL", failing.isEmpty ? .faint : .red)
        if open > 0 { counts.add("  \(open) not told yet", .faint) }
        let sorted = failing + conditions.filter { $0.status != .fail }
        var summary = counts
        if let first = failing.first {
            summary.add("  \(first.title)  \(first.measured ?? LiveFigure.none)")
        }
        let heading = { more(counts, sorted.count - $0) }
        return LiveBlock(kind, summary: summary, heading: heading, items: sorted) { condition in
            var line = LiveLine("  ")
            line.add(LiveFigure.word(condition.status), LiveFigure.style(condition.status), cells: 5)
            line.add(condition.measured ?? LiveFigure.none, cells: 11, .right)
            line.add("  ")
            let isThreshold = kind == .thresholds
            line.add(isThreshold ? condition.title : "\(condition.title) \(condition.limit)")
            return line
        }
    }

    var triesBlock: LiveBlock {
        let label = labelled("Tries")
        var summary = label
        if let last = live.tries.last {
            summary.add("\(live.tries.count), the last \(last.level) ")
            summary.add(LiveFigure.word(last.status), LiveFigure.style(last.status))
            summary.add(" \(last.bound) \(last.value)")
        } else {
            summary.add("none made yet")
        }
        var title = label
        title.add("\(live.tries.count) made, the latest first")
        let heading = { more(title, live.tries.count - $0) }
        return LiveBlock(.tries, summary: summary, heading: heading, items: live.tries.reversed()) { attempt in
            var line = LiveLine("  ")
            line.add(attempt.level, cells: 18, .right)
            line.add(" ")
            line.add(LiveFigure.word(attempt.status), LiveFigure.style(attempt.status), cells: 4)
            line.add("  \(attempt.bound) \(attempt.value)")
            if attempt.limit != LiveFigure.none { line.add(" (\(attempt.limit))", .faint) }
            return line
        }
    }

    var workersBlock: LiveBlock {
        var counts = labelled("Workers")
        let fleet = live.fleet
        counts.add("\(fleet.connected) of \(max(fleet.expected, fleet.connected)) connected")
        if fleet.silent > 0 { counts.add("  \(fleet.silent) silent", .yellow) }
        if fleet.lost > 0 { counts.add("  \(fleet.lost) lost", .red) }
        var summary = counts
        if let worst = live.workers.first {
            summary.add("; ", .faint)
            summary.add(worst.name, cells: min(CellText.width(CellText.words(worst.name)), 16))
            summary.add(" \(word(worst))", style(worst))
            if worst.link == .connected {
                summary.add(" CPU \(LiveFigure.percent(worst.cpuPercent)) lag \(LiveFigure.lag(worst.lagSeconds))")
            }
        }
        let all = live.workers.count + live.furtherWorkers
        let heading = { more(counts, all - $0) }
        return LiveBlock(.workers, summary: summary, heading: heading, items: live.workers, line: workerLine)
    }

    private func workerLine(_ worker: LiveRun.Worker) -> LiveLine {
        var line = LiveLine("  ")
        let isRoomy = width >= 72
        line.add(worker.name, cells: max(8, min(32, width - (isRoomy ? 57 : 47))))
        line.add(" ")
        line.add(word(worker), style(worker), cells: 10)
        let active = worker.active.map { LiveFigure.count(Int64($0)) } ?? LiveFigure.none
        let assigned = worker.assigned.map { LiveFigure.count(Int64($0)) } ?? LiveFigure.none
        line.add("\(active)/\(assigned)", cells: 11, .right)
        if isRoomy { line.add(" agents", .faint) }
        line.add("  CPU ", .faint)
        line.add(LiveFigure.percent(worker.cpuPercent), worker.isBusy ? .yellow : nil, cells: 6, .right)
        line.add(isRoomy ? "  lag " : " ", .faint)
        line.add(LiveFigure.lag(worker.lagSeconds), worker.isLagging ? .red : nil, cells: 8, .right)
        return line
    }

    /// How a worker is, in a word.
    private func word(_ worker: LiveRun.Worker) -> String {
        switch worker.link {
        case .connected: worker.isLagging ? "lagging" : worker.isBusy ? "busy" : "connected"
        case .away: "silent"
        case .lost: "lost"
        case .replaced: "replaced"
        case .left: "left"
        }
    }

    private func style(_ worker: LiveRun.Worker) -> TerminalStyle? {
        switch worker.link {
        case .connected: worker.isLagging ? .red : worker.isBusy ? .yellow : .green
        case .away: .yellow
        case .lost: .red
        case .left, .replaced: .faint
        }
    }

    var eventLines: [LiveLine] {
        guard !live.events.isEmpty else {
            var line = labelled("Events")
            line.add("none yet", .faint)
            return [line]
        }
        return live.events.map { event in
            var line = labelled(clock(event.time))
            let isTrouble = event.level == .error || event.level == .warning
            if isTrouble { line.add("\(event.level.rawValue) ", event.level == .error ? .red : .yellow) }
            line.add(event.message)
            return line
        }
    }

    /// The time of day of a moment.
    private func clock(_ time: String) -> String { String(time.dropFirst(11).prefix(8)) }

    private func more(_ heading: LiveLine, _ hidden: Int) -> LiveLine {
        var heading = heading
        if hidden > 0 { heading.add("  +\(hidden) more", .faint) }
        return heading
    }
}
