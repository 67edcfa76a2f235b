import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

/// The lines of figures.
extension LiveBlocks {
    /// Nothing has come back for so long, and the dashboard says so.
    static let silentSeconds: Int64 = 5

    var agentsLine: LiveLine {
        var line = labelled("Agents")
        let agents = live.agents
        guard live.phase != nil, live.phase != .gathering, live.phase != .preparing else {
            line.add(LiveFigure.none)
            return line
        }
        let (active, target) = (LiveFigure.count(Int64(agents.active)), LiveFigure.count(Int64(agents.target)))
        let stalled = agents.stalled ?? 0
        let isSilent = live.silentSeconds >= Self.silentSeconds
        // In a narrow window trouble has the room of a word that goes without saying.
        let isCrowded = stalled > 0 && isSilent && room < 55
        line.add("\(active)/\(target)" + (isCrowded ? "" : " active"), cells: isCrowded ? 11 : 18)
        if stalled > 0 { line.add("  \(LiveFigure.count(Int64(stalled))) stalled", .red) }
        if live.phase == .drain { line.add("  waiting for \(agents.waiting.counting("answer"))") }
        if isSilent { line.add("  no answer for \(live.silentSeconds) s", .red) }
        return line
    }

    func latencyLine(_ label: String, _ latency: LiveRun.Latency) -> LiveLine {
        var line = labelled(label)
        func add(_ name: String, _ value: Double?, _ style: TerminalStyle? = nil) {
            line.add("\(name) ", .faint)
            line.add(LiveFigure.seconds(value), style, cells: 7, .right)
            line.add("  ")
        }
        if room >= 66 { add("now", latency.now) }
        add("mean", latency.mean)
        add("p95", latency.p95)
        line.add(LiveFigure.word(latency.status), LiveFigure.style(latency.status), cells: 4)
        line.add(latency.target.map { " < \(Decimals.text($0, places: $0 < 10 ? 1 : 0)) s" } ?? "", .faint, cells: 8)
        let left = min(width - line.width - 1, LiveRun.recentSeconds)
        if left >= 4 {
            line.add(" ")
            line.add(LiveFigure.sparkline(latency.recent, cells: left))
        }
        return line
    }

    var sessionsLine: LiveLine {
        var line = labelled("Sessions")
        let sessions = live.sessions
        line.add(LiveFigure.percent(sessions.goodPercent), cells: 7, .right)
        line.add(" good of \(LiveFigure.count(sessions.completed))", cells: 15)
        if sessions.failed.isEmpty { return line }
        line.add("failed: ", .faint)
        for (index, failed) in sessions.failed.enumerated() {
            if index > 0 { line.add(", ") }
            let share = failed.percent.map { " (\(LiveFigure.percent($0)))" } ?? ""
            line.add("\(failed.party.rawValue) \(LiveFigure.count(failed.count))\(share)", .red)
        }
        return line
    }

    var ratesLine: LiveLine {
        var line = labelled("Rates")
        func add(_ value: Int64?, _ unit: String) {
            line.add(value.map(LiveFigure.count) ?? LiveFigure.none, cells: 7, .right)
            line.add(" \(unit)")
        }
        add(live.actionsPerSecond, "actions/s")
        if live.ttft != nil { add(live.decisionsPerSecond, "decisions/s") }
        return line
    }

    var tokensLine: LiveLine {
        var line = labelled("Tokens")
        guard let tokens = live.tokens else {
            line.add(LiveFigure.none, cells: 7, .right)
            return line
        }
        let mark = tokens.isEstimated ? "~" : ""
        line.add(mark + LiveFigure.count(tokens.input), cells: 7, .right)
        line.add(" in ")
        line.add(mark + LiveFigure.count(tokens.output), cells: 7, .right)
        line.add(" out")
        if let cost = live.cost {
            line.add("   cost \(mark)\(FigureText.cost(cost))")
            if let budget = live.budget { line.add(" of \(FigureText.cost(budget))") }
        }
        return line
    }

    func arrivalsLine(_ arrivals: LiveRun.ArrivalPart) -> LiveLine {
        var line = labelled("Arrivals")
        func rate(_ value: Double?) -> String {
            value.map { Decimals.text($0, places: $0 < 100 ? 2 : 0) } ?? LiveFigure.none
        }
        line.add(rate(arrivals.reachedPerSecond), cells: 7, .right)
        line.add(" of \(rate(arrivals.askedPerSecond)) sessions/s  ")
        line.add("late ", .faint)
        line.add(LiveFigure.percent(arrivals.latePercent), cells: 7, .right)
        line.add("  p99 ", .faint)
        line.add(LiveFigure.seconds(arrivals.latenessSeconds), cells: 7, .right)
        return line
    }
}
