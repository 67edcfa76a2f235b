import ApeMetrics
import ApeRun

/// Lines over time, or over a number of agents. The picture stretches to any width; its words do not, for they stand
/// beside it.
struct LineChart {
    struct Line {
        var name: String
        /// The number of its colour, from 1.
        var colour: Int
        /// One for each of ``LineChart/xs``; nil where nothing was measured.
        var values: [Double?]
        var isDots = false
    }

    /// Stretches that the reader is told of on hovering.
    static let hoverColumns = 80
    private static let width = 1_000.0
    private static let height = 200.0

    var title: String
    var unit: String
    /// Rising.
    var xs: [Double]
    /// The axis' end.
    var end: Double
    var lines: [Line]
    /// The holds of the stages.
    var bands: [(from: Double, to: Double, name: String)] = []
    /// A line across, such as a target.
    var mark: (value: Double, name: String)?
    var xTicks: [Double]
    var xLabel: (Double) -> String
    /// Lines end where the next value is further away than this.
    var largestGap = Double.infinity

    private var top: Double {
        let values = lines.flatMap { $0.values.compactMap { $0 } }
        // A target far above would press the lines flat.
        let greatest = values.max() ?? 0
        let marked = mark.map { $0.value <= 2.5 * greatest ? $0.value : 0 } ?? 0
        return ticks(max(greatest, marked)).last ?? 1
    }

    private func ticks(_ greatest: Double) -> [Double] { Axis.ticks(upTo: greatest) }

    private func x(_ value: Double) -> Double { end > 0 ? value / end * Self.width : 0 }

    var markup: Markup {
        let top = top
        let marks = ticks(top)
        let step = marks.count > 1 ? marks[1] - marks[0] : 1
        let keys = lines.map { line -> Markup in
            "<span class=\"key\"><i class=\"s\(line.colour)\"></i>\(line.name)</span> "
        }
        let yLabels = marks.map { value -> Markup in
            "<span class=\"\(Place.name(value / top * 100))\">\(Axis.label(value, step: step))</span>"
        }
        let xLabels = xTicks.map { value -> Markup in
            let place = end > 0 ? value / end * 100 : 0
            return "<span class=\"\(Place.name(beneath: place, edges: 2...96))\">\(xLabel(value))</span>"
        }
        return """
            <figure><figcaption><b>\(title) <small>\(unit)</small></b>\(keys)</figcaption>
            <div class="frame"><div class="ys">\(yLabels)</div><div class="plot">\(picture(top, marks))</div></div>
            <div class="xs">\(xLabels)</div></figure>
            """
    }

    private func picture(_ top: Double, _ marks: [Double]) -> Markup {
        func y(_ value: Double) -> Double { Self.height * (1 - min(1, max(0, value / top))) }
        let grid = marks.map { value -> Markup in "<path class=\"grid\" d=\"M0 \(y(value))H1000\"/>" }
        let holds = bands.map { band -> Markup in
            """
            <rect class="hold" x="\(x(band.from))" y="0" width="\(x(band.to) - x(band.from))" height="200">\
            <title>\(band.name)</title></rect>
            """
        }
        let paths = lines.map { line -> Markup in
            let kind: Markup = line.isDots ? "dot" : "line"
            return "<path class=\"\(kind) s\(line.colour)\" d=\"\(path(line, y))\"/>"
        }
        let across: Markup =
            mark.map { mark in
                mark.value > top
                    ? "" : "<path class=\"mark\" d=\"M0 \(y(mark.value))H1000\"><title>\(mark.name)</title></path>"
            } ?? ""
        return """
            <svg viewBox="0 0 1000 200" preserveAspectRatio="none" role="img" aria-label="\(summary)">
            \(holds)\(grid)\(Markup(joining: paths))\(across)\(hovers)</svg>
            """
    }

    private func path(_ line: Line, _ y: (Double) -> Double) -> Markup {
        var parts: [Markup] = []
        var last: Double?
        for (place, value) in zip(xs, line.values) {
            guard let value, value.isFinite else {
                last = nil
                continue
            }
            if line.isDots {
                parts.append("M\(x(place)) \(y(value))h0.1")
            } else {
                let joins = last.map { place - $0 <= largestGap } ?? false
                // A point on its own is drawn as one.
                parts.append(joins ? "L\(x(place)) \(y(value))" : "M\(x(place)) \(y(value))h0.1")
            }
            last = place
        }
        return "\(parts)"
    }

    /// Invisible columns that tell the values beneath them.
    private var hovers: Markup {
        guard !xs.isEmpty else { return .empty }
        let stride = max(1, (xs.count + Self.hoverColumns - 1) / Self.hoverColumns)
        let columns = Swift.stride(from: 0, to: xs.count, by: stride).map { index -> Markup in
            let from = x(xs[index])
            let to = index + stride < xs.count ? x(xs[index + stride]) : Self.width
            let values = lines.compactMap { line in
                line.values[index].map { "\(line.name): \(Figures.number($0, places: $0 < 100 ? 3 : 0))" }
            }
            let words = ([xLabel(xs[index])] + values).joined(separator: "\n")
            return """
                <rect class="hover" x="\(from)" y="0" width="\(max(0, to - from))" height="200"><title>\(words)</title></rect>
                """
        }
        return Markup(joining: columns)
    }

    private var summary: String {
        let words = lines.map { line -> String in
            let values = line.values.compactMap { $0 }
            guard let least = values.min(), let greatest = values.max() else { return "\(line.name): nothing measured" }
            return "\(line.name): \(Figures.number(least, places: 2)) to \(Figures.number(greatest, places: 2))"
        }
        return "\(title) in \(unit). " + words.joined(separator: "; ")
    }
}
