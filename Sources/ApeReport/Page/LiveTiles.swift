import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

/// What a run is like now, figure by figure.
struct LiveTiles {
    let live: LiveRun
    let isScalable: Bool

    private struct Tile {
        var name: String
        var value: String
        var remark = ""
    }

    var markup: Markup {
        let tiles = all.map { tile -> Markup in
            let remark: Markup = tile.remark.isEmpty ? .empty : "<small>\(tile.remark)</small>"
            return "<li><span>\(tile.name)</span><b>\(tile.value)</b>\(remark)</li>"
        }
        return """
            <ul class="tiles" data-paused="\(live.isPaused ? "true" : "false")" \
            data-scalable="\(isScalable ? "true" : "false")" data-agents="\(live.agents.target)">\(Markup(joining: tiles))</ul>
            """
    }

    private var all: [Tile] {
        [time, agents, workers, rates, latency("MTBA", live.mtba)] + (live.ttft.map { [latency("TTFT", $0)] } ?? [])
            + [sessions] + [tokens, arrivals].compactMap(\.self)
    }

    private var time: Tile {
        let left = (live.left.run ?? live.left.stage ?? live.left.phase).map { "\(Figures.moment(Double($0))) left" }
        return Tile(
            name: "Time",
            value: Figures.moment(Double(live.elapsedSeconds)),
            remark: [live.phase?.sentence, live.left.phase.map { "\(Figures.moment(Double($0))) of it left" }, left]
                .compactMap(\.self).prefix(2).joined(separator: ", ")
        )
    }

    private var agents: Tile {
        let stalled = live.agents.stalled.map { $0 > 0 ? ", \($0) stalled" : "" } ?? ""
        let waiting = live.agents.waiting > 0 ? ", \(live.agents.waiting) wait for answers" : ""
        return Tile(
            name: "Agents",
            value: Figures.count(Int64(live.agents.active)),
            remark: "of \(Figures.count(Int64(live.agents.target)))" + stalled + waiting
        )
    }

    private var workers: Tile {
        let parts = [(live.fleet.silent, "silent"), (live.fleet.lost, "lost")].filter { $0.0 > 0 }
        return Tile(
            name: "Workers",
            value: "\(live.fleet.connected)",
            remark: (["of \(live.fleet.expected)"] + parts.map { "\($0.0) \($0.1)" }).joined(separator: ", ")
        )
    }

    private var rates: Tile {
        let decisions = live.decisionsPerSecond.map { "\(Figures.count($0)) decisions a second" }
        let silence = live.silentSeconds > 2 ? "nothing came back for \(live.silentSeconds) s" : nil
        return Tile(
            name: "Actions a second",
            value: live.actionsPerSecond.map(Figures.count) ?? "–",
            remark: [decisions, silence].compactMap(\.self).joined(separator: ", ")
        )
    }

    private func latency(_ name: String, _ latency: LiveRun.Latency) -> Tile {
        func words(_ seconds: Double?) -> String { Figures.duration(seconds.map { $0 * 1_000_000 }) }
        let parts = [
            "mean \(words(latency.mean))", "p95 \(words(latency.p95))", latency.target.map { "target \(words($0))" },
        ]
        return Tile(
            name: "\(name) now",
            value: words(latency.now),
            remark: parts.compactMap(\.self).joined(separator: ", ")
        )
    }

    private var sessions: Tile {
        let failed = live.sessions.failed.filter { $0.count > 0 }
            .map { "\(Figures.count($0.count)) by \($0.party.rawValue)" }
        let all = "of \(Figures.count(live.sessions.completed))"
        return Tile(
            name: "Sessions good",
            value: live.sessions.goodPercent.map { Figures.number($0, places: 1) + " %" } ?? "–",
            remark: failed.isEmpty ? all : all + "; failed: " + failed.joined(separator: ", ")
        )
    }

    private var tokens: Tile? {
        live.tokens.map { tokens in
            let mark = tokens.isEstimated ? "about " : ""
            let budget = live.budget.map { " of \(FigureText.cost($0))" } ?? ""
            return Tile(
                name: "Tokens in, out",
                value: "\(mark)\(Figures.count(tokens.input)), \(Figures.count(tokens.output))",
                remark: live.cost.map { "cost \(mark)\(FigureText.cost($0))\(budget)" } ?? ""
            )
        }
    }

    private var arrivals: Tile? {
        live.arrivals.map { arrivals in
            let late = arrivals.latePercent.map { ", \(Figures.number($0, places: 1)) % late" } ?? ""
            return Tile(
                name: "Sessions a second",
                value: arrivals.reachedPerSecond.map { Figures.number($0, places: 1) } ?? "–",
                remark: "of \(Figures.number(arrivals.askedPerSecond, places: 1))\(late)"
            )
        }
    }
}

extension Progress.Phase {
    /// What goes on in it, in a few words.
    var sentence: String {
        switch self {
        case .gathering: "waiting for workers"
        case .preparing: "workers get ready"
        case .ramp: "agents start"
        case .hold: "hold"
        case .drain: "waiting for the last answers"
        case .finishing: "the last windows come in"
        }
    }
}
