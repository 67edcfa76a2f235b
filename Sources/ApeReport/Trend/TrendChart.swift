import ApeCore
import ApeMetrics
import ApeRun

/// One figure over the runs: its line with the band of its intervals, what it is held against, breaks, and the runs at
/// which it changed.
struct TrendChart {
    private static let width = 1_000.0
    private static let height = 200.0
    /// Moments that stand beneath the picture.
    private static let labels = 6

    let trend: RunTrend
    let line: RunTrend.Line

    private var top: Double {
        let values = line.points.flatMap { point in [point?.value, point?.interval?.high].compactMap { $0 } }
        let greatest = values.filter(\.isFinite).max() ?? 0
        // A limit far above would press the line flat.
        let limit = line.limit.map { $0 <= 2.5 * greatest ? $0 : 0 } ?? 0
        return Axis.ticks(upTo: max(greatest, limit)).last ?? 1
    }

    /// The middle of a run's share of the width.
    private func x(_ run: Int) -> Double { (Double(run) + 0.5) / Double(max(1, trend.runs.count)) * Self.width }

    var markup: Markup {
        let top = top
        let marks = Axis.ticks(upTo: top)
        let step = marks.count > 1 ? marks[1] - marks[0] : 1
        let yLabels = marks.map { value -> Markup in
            "<span class=\"\(Place.name(value / top * 100))\">\(Axis.label(value, step: step))</span>"
        }
        let latest = line.latest.map { "latest \(line.amount($0.value))" } ?? ""
        let target = line.limit == nil ? "" : ", target \(line.demand)"
        return """
            <figure><figcaption><b>\(line.title)</b><small>\(latest)\(target)</small></figcaption>
            <div class="frame"><div class="ys">\(yLabels)</div><div class="plot">\(picture(top, marks))</div></div>
            <div class="xs">\(xLabels)</div></figure>
            """
    }

    private var xLabels: [Markup] {
        let stride = max(1, (trend.runs.count + Self.labels - 1) / Self.labels)
        return Swift.stride(from: 0, to: trend.runs.count, by: stride).map { run in
            let place = x(run) / 10
            let day = String(TrendText.when(trend.runs[run]).prefix(10))
            return "<span class=\"\(Place.name(beneath: place, edges: 6...92))\">\(day)</span>"
        }
    }

    private func picture(_ top: Double, _ marks: [Double]) -> Markup {
        func y(_ value: Double) -> Double { Self.height * (1 - min(1, max(0, value / top))) }
        let grid = marks.map { value -> Markup in "<path class=\"grid\" d=\"M0 \(y(value))H1000\"/>" }
        let limit: Markup =
            line.limit.map { limit in
                limit > top
                    ? "" : "<path class=\"mark\" d=\"M0 \(y(limit))H1000\"><title>Target \(line.demand)</title></path>"
            } ?? ""
        let breaks = trend.runs.indices.filter { !trend.runs[$0].breaks.isEmpty }.map { run -> Markup in
            let words = "\(TrendText.named(trend.runs[run])): \(trend.runs[run].breaks.joined(separator: ", "))"
            return "<path class=\"break\" d=\"M\(x(run) - x(0)) 0V200\"><title>\(words)</title></path>"
        }
        let stretches = stretches
        return """
            <svg viewBox="0 0 1000 200" preserveAspectRatio="none" role="img" aria-label="\(summary)">
            \(grid)\(stretches.map { band($0, y) })\(stretches.map { path($0, y) })\(limit)\(breaks)\(dots(y))\(hovers)</svg>
            """
    }

    /// Runs that stand one behind the other with values, without a break between them.
    private var stretches: [[Int]] {
        var stretches: [[Int]] = []
        for run in trend.runs.indices where line.points[run] != nil {
            if let last = stretches.last?.last, last == run - 1, trend.runs[run].breaks.isEmpty {
                stretches[stretches.count - 1].append(run)
            } else {
                stretches.append([run])
            }
        }
        return stretches
    }

    private func band(_ stretch: [Int], _ y: (Double) -> Double) -> Markup {
        let known = stretch.compactMap { run in line.points[run]?.interval.map { (x(run), $0) } }
        guard known.count > 1 else {
            return known.first.map { x, interval in
                "<path class=\"span\" d=\"M\(x) \(y(interval.high))V\(y(interval.low))\"/>"
            } ?? ""
        }
        let upper = known.map { x, interval -> Markup in "\(x) \(y(interval.high)) " }
        let lower = known.reversed().map { x, interval -> Markup in "\(x) \(y(interval.low)) " }
        return "<polygon class=\"band\" points=\"\(upper)\(lower)\"/>"
    }

    private func path(_ stretch: [Int], _ y: (Double) -> Double) -> Markup {
        let steps = stretch.enumerated().compactMap { place, run -> Markup? in
            line.points[run].map { "\(place == 0 ? "M" : "L" as Markup)\(x(run)) \(y($0.value))" }
        }
        // A run on its own is drawn as a point.
        return "<path class=\"\(stretch.count == 1 ? "dot" : "line" as Markup) s1\" d=\"\(steps)h0.1\"/>"
    }

    private func dots(_ y: (Double) -> Double) -> Markup {
        let dots = trend.runs.indices.compactMap { run -> Markup? in
            guard let point = line.points[run] else { return nil }
            let kind: Markup
            switch point.change {
            case .worse: kind = "worse"
            case .better: kind = "better"
            case nil: if point.isInconclusive { kind = "open" } else { return nil }
            }
            return "<path class=\"dot \(kind)\" d=\"M\(x(run)) \(y(point.value))h0.1\"/>"
        }
        return Markup(joining: dots)
    }

    /// Invisible columns that tell the values beneath them.
    private var hovers: Markup {
        let width = Self.width / Double(max(1, trend.runs.count))
        let columns = trend.runs.indices.map { run -> Markup in
            """
            <rect class="hover" x="\(Double(run) * width)" y="0" width="\(width)" height="200"><title>\(words(run))</title></rect>
            """
        }
        return Markup(joining: columns)
    }

    private func words(_ run: Int) -> String {
        let named = TrendText.named(trend.runs[run])
        guard let point = line.points[run] else { return "\(named): \(trend.runs[run].gap ?? "not measured")" }
        let interval = point.interval.map { " (\(line.digits($0.low)) to \(line.digits($0.high)))" } ?? ""
        let change = point.change.map { ", \($0.rawValue) than before" } ?? ""
        return
            "\(named): \(line.amount(point.value))\(interval)\(change)\(point.isInconclusive ? ", INCONCLUSIVE" : "")"
    }

    private var summary: String {
        let values = line.points.compactMap { $0?.value }
        guard let least = values.min(), let greatest = values.max() else { return "\(line.title): nothing measured" }
        return "\(line.title) over \(values.count.counting("run")): \(line.amount(least)) to \(line.amount(greatest))"
    }
}
