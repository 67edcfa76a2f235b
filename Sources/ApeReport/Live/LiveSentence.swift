import ApeCore
import ApeFleet
import ApeRun

/// A moment of a run in one line of words: where no terminal is, and where it is too small for more.
package struct LiveSentence: Sendable {
    private let live: LiveRun

    package init(_ live: LiveRun) {
        self.live = live
    }

    /// The line, without its end.
    package var text: String {
        let time = live.left.phase.map { " \($0)s" } ?? ""
        let paused = live.isPaused ? "PAUSED  " : ""
        switch live.phase {
        case nil: return "starting"
        case .gathering?: return "waiting for workers: \(live.fleet.connected) of \(live.fleet.expected)" + time
        case .preparing?: return "preparing \(live.fleet.connected) workers"
        case .finishing?: return "finishing: the last windows come in"
        case .drain?: return "the hold is over: waiting for \(answers)" + time
        case .ramp?, .hold?: break
        }
        guard let stage = live.currentStage, let index = live.plan.current, let phase = live.phase else {
            return "starting"
        }
        var parts = [
            "\(paused)[\(index + 1)/\(live.plan.count)] \(stage.name)", phase.rawValue + time,
            "\(live.agents.active)/\(live.agents.target) agents",
        ]
        if let stalled = live.agents.stalled, stalled > 0 { parts.append("\(stalled) stalled") }
        if let actions = live.actionsPerSecond {
            parts.append("MTBA \(seconds(live.mtba.now))")
            if let ttft = live.ttft { parts.append("TTFT \(seconds(ttft.now))") }
            parts.append("\(actions) actions/s")
        }
        if live.silentSeconds >= LiveBlocks.silentSeconds { parts.append("no answer for \(live.silentSeconds)s") }
        if live.sessions.completed > 0 {
            parts.append("\(LiveFigure.percent(live.sessions.goodPercent)) of \(live.sessions.completed) sessions good")
        }
        if let cost = live.cost {
            let mark = live.tokens?.isEstimated == true ? "~" : ""
            let budget = live.budget.map { " of \(FigureText.cost($0))" } ?? ""
            parts.append("cost \(mark)\(FigureText.cost(cost))\(budget)")
        }
        let failing = live.thresholds.count { $0.status == .fail }
        if failing > 0 { parts.append("\(failing.counting("threshold")) failing") }
        if live.fleet.silent > 0 { parts.append("\(live.fleet.silent) workers silent") }
        return parts.joined(separator: "  ")
    }

    private var answers: String {
        let count = live.agents.waiting
        return count == 0 ? "the last answers" : count.counting("answer")
    }

    private func seconds(_ value: Double?) -> String {
        value.map { Decimals.text($0, places: 2) + "s" } ?? LiveFigure.none
    }
}
