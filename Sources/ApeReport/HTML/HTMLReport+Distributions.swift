import ApeCore
import ApeMetrics
import ApeRun
import Glibc

extension HTMLReport {
    /// Bars of a histogram.
    private static let bars = 60

    /// How the gaps and the times to first token of all holds are spread.
    var distributionsSection: Markup {
        let hold = report.tables.hold
        let charts = [
            histogram("Gap between actions", hold[.gap], colour: 1),
            histogram("Time to first token", hold[.ttft], colour: 3),
        ].filter { $0 != .empty }
        return section("Distributions", charts.isEmpty ? .empty : "<div class=\"two\">\(Markup(joining: charts))</div>")
    }

    /// Samples by duration on a logarithmic axis.
    func histogram(_ title: String, _ histogram: Histogram, colour: Int) -> Markup {
        guard !histogram.isEmpty else { return .empty }
        let low = log10(Double(max(1, histogram.minMicros)))
        let high = max(low + 0.3, log10(Double(max(1, histogram.maxMicros))) + 0.01)
        var bars = [Int64](repeating: 0, count: Self.bars)
        for bucket in histogram.buckets {
            let place = (log10(Double(max(1, Histogram.greatestValue(of: bucket.index)))) - low) / (high - low)
            let bar = min(Self.bars - 1, max(0, Int(saturating: place * Double(Self.bars))))
            bars[bar] = bars[bar].addingClamped(bucket.count)
        }
        func x(_ micros: Double) -> Double { min(1, max(0, (log10(max(1, micros)) - low) / (high - low))) * 1_000 }
        let greatest = Double(bars.max() ?? 1)
        let width = 1_000 / Double(Self.bars)
        let areas = bars.enumerated().filter { $0.element > 0 }.map { index, count -> Markup in
            let height = max(1.5, Double(count) / greatest * 195)
            let from = pow(10, low + (high - low) * Double(index) / Double(Self.bars))
            let to = pow(10, low + (high - low) * Double(index + 1) / Double(Self.bars))
            let share = Figures.percent(Double(count) / Double(histogram.count))
            let words = "\(Figures.duration(from)) to \(Figures.duration(to)): \(Figures.count(count)) (\(share))"
            return """
                <rect class="area s\(colour)" x="\(Double(index) * width)" y="\(200 - height)" width="\(width - 1.5)" \
                height="\(height)"><title>\(words)</title></rect>
                """
        }
        let percentiles = zip(["p50", "p95", "p99"], histogram.percentiles([50, 95, 99]).map(Double.init))
        let marks = percentiles.map { name, value -> Markup in
            let words = "\(name): \(Figures.duration(value))"
            return "<path class=\"mark\" d=\"M\(x(value)) 0V200\"><title>\(words)</title></path>"
        }
        let labels = Axis.decades(pow(10, low), pow(10, high)).map { value -> Markup in
            let place = x(value) / 10
            return "<span class=\"\(Place.name(beneath: place, edges: 4...92))\">\(Figures.axisDuration(value))</span>"
        }
        let figures = percentiles.map { "\($0) \(Figures.duration($1))" }.joined(separator: ", ")
        let words =
            "\(Figures.count(histogram.count)) samples, mean \(Figures.duration(histogram.meanMicros)), \(figures)"
        return """
            <figure><figcaption><b>\(title)</b><small>\(words)</small></figcaption>
            <div class="plot"><svg viewBox="0 0 1000 200" preserveAspectRatio="none" role="img" \
            aria-label="\(title): \(words)">\(Markup(joining: areas))\(marks)</svg></div>
            <div class="xs bare">\(labels)</div></figure>
            """
    }
}

extension Figures {
    /// A duration that is 1, 2 or 5 times a power of ten.
    static func axisDuration(_ micros: Double) -> String {
        switch micros {
        case ..<1_000: number(micros, places: 0) + " µs"
        case ..<1_000_000: number(micros / 1_000, places: 0) + " ms"
        default: number(micros / 1_000_000, places: 0) + " s"
        }
    }
}
