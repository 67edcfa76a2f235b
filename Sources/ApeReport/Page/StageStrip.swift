import ApeCore
import ApeMetrics
import ApeRun

/// The plan as a strip: each stage as long as it lasts and as high as it has agents, with a mark at now.
struct StageStrip {
    private static let (width, height) = (1_000.0, 40.0)
    /// The share of the height that a stage of few agents has.
    private static let least = 0.2

    let live: LiveRun

    var markup: Markup {
        let stages = live.plan.stages
        guard !stages.isEmpty else { return .empty }
        let known = stages.compactMap(\.seconds).filter { $0 > 0 }
        // A stage that lasts until somebody ends it is as long as the mean one.
        let usual = known.isEmpty ? 1 : Double(known.reduce(0, +)) / Double(known.count)
        let lengths = stages.map { $0.seconds.map { Double(max(0, $0)) } ?? usual }
        let scale = Self.width / max(lengths.reduce(0, +), 1e-9)
        let most = Double(max(1, stages.map(\.agents).max() ?? 1))
        let current = live.plan.current.map { $0 - live.plan.first }
        var x = 0.0
        var now: Double?
        let areas = zip(stages, lengths).enumerated().map { index, pair -> Markup in
            let (stage, length) = pair
            defer { x += length * scale }
            if index == current { now = x + length * scale * share(of: stage) }
            let height = Self.height * (Self.least + (1 - Self.least) * Double(stage.agents) / most)
            let style: Markup = index == current ? " now" : index < current ?? 0 ? " over" : ""
            return """
                <rect class="stage\(style)" x="\(x)" y="\(Self.height - height)" width="\(max(1, length * scale - 2))" \
                height="\(height)"><title>\(words(stage))</title></rect>
                """
        }
        let mark: Markup = now.map { "<path class=\"now-mark\" d=\"M\(min($0, Self.width - 1)) 0V40\"/>" } ?? .empty
        return """
            <figure class="strip"><figcaption><b>Stages</b><small>\(place)</small></figcaption>
            <svg viewBox="0 0 1000 40" preserveAspectRatio="none" role="img" aria-label="\(summary)">\
            \(areas)\(mark)</svg></figure>
            """
    }

    /// How much of the current stage is over, 0 to 1.
    private func share(of stage: LiveRun.StageMark) -> Double {
        guard let seconds = stage.seconds, seconds > 0, let left = live.left.stage else { return 0.5 }
        return (1 - Double(left) / Double(seconds)).clamped(to: 0...1)
    }

    private func words(_ stage: LiveRun.StageMark) -> String {
        let length = stage.seconds.map { ", \(Figures.moment(Double($0)))" } ?? ""
        let status = stage.status.map { ", \($0.rawValue)" } ?? ""
        return "\(stage.name): \(stage.agents.counting("agent"))\(length)\(status)"
    }

    /// The current stage.
    private var place: String {
        guard let stage = live.currentStage, let current = live.plan.current else {
            return live.plan.count.counting("stage")
        }
        let left = live.left.stage.map { ", \(Figures.moment(Double($0))) left" } ?? ""
        let all = live.left.run.map { "; run: \(Figures.moment(Double($0))) left" } ?? ""
        return "\(current + 1) of \(live.plan.count): \(words(stage))\(left)\(all)"
    }

    private var summary: String {
        "The plan: " + live.plan.stages.map(words).joined(separator: "; ") + ". Now \(place)."
    }
}
