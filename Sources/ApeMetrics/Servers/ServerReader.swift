import ApeCore

/// Makes figures of a server's pages, one after the other: gauges as they are, counters as what they grew by in a second,
/// histograms and summaries as the mean of what came since the page before, and how many came in a second.
///
/// Samples of one name with different labels are added up; of parts of a whole (``ServerUnit/isRatio(_:)``) the greatest
/// is taken. What a counter grew by is taken of each label set, so that one which begins anew is seen.
package struct ServerReader: Sendable {
    /// The most series that the table of presets brings of one page.
    private static let maximumFigures = ScrapeTarget.maximumSeries

    private let selectors: [SeriesSelector]
    private var before: Page?

    /// What of a page the next one is held against.
    private struct Page: Sendable {
        var micros: Int64
        var counters: [Key: Double]
    }

    private struct Key: Hashable, Sendable {
        var name: String
        var labels: [MetricsPage.Label]
    }

    /// What a page came to.
    package struct Reading: Sendable, Equatable {
        package var figures: [ServerFigure] = []
        package var absent: [String] = []
        package var hasRestarted = false
        /// Whose server it is, as far as its figures tell.
        package var party: ScrapeTarget.Side?
    }

    /// - Parameter series: what is taken; empty for what ``ServerPreset`` knows.
    package init(_ series: [SeriesSelector]) {
        selectors =
            series.isEmpty ? ServerPreset.all.flatMap { $0.entries.map { SeriesSelector(name: $0.series) } } : series
        isPreset = series.isEmpty
    }

    private let isPreset: Bool

    /// The names of samples that figures are made of.
    package var wantedNames: Set<String> {
        selectors.reduce(into: []) { names, selector in
            names.formUnion([selector.name, selector.name + "_sum", selector.name + "_count"])
            if selector.name == ServerPreset.busyShare { names.insert(ServerPreset.busyShareSource) }
        }
    }

    /// Takes a page.
    ///
    /// - Parameters:
    ///   - page: with the samples of ``wantedNames``.
    ///   - micros: when it was asked for; any clock that rises.
    /// - Returns: its figures. The first page has no rates.
    package mutating func read(_ page: MetricsPage, atMicros micros: Int64) -> Reading {
        var growth = Growth(
            page,
            before: before?.counters,
            seconds: before.map { Double(micros - $0.micros) / 1_000_000 }
        )
        let samples = Dictionary(grouping: page.samples, by: \.name)
        var reading = Reading()
        for selector in selectors where reading.figures.count < 2 * Self.maximumFigures {
            let found = figures(selector, samples, page, &growth)
            if found == nil, !isPreset { reading.absent.append(selector.text) }
            reading.figures += (found ?? []).filter(\.value.isFinite)
            if found != nil { reading.party = reading.party ?? ServerPreset.party(of: selector.name) }
        }
        reading.hasRestarted = growth.hasShrunk
        before = Page(micros: micros, counters: growth.counters)
        return reading
    }

    /// The figures of a series: none before there are two pages; nil for one that the page does not show.
    private func figures(
        _ selector: SeriesSelector,
        _ samples: [String: [MetricsPage.Sample]],
        _ page: MetricsPage,
        _ growth: inout Growth
    ) -> [ServerFigure]? {
        func found(_ name: String) -> [MetricsPage.Sample] { (samples[name] ?? []).filter(selector.matches) }
        if selector.name == ServerPreset.busyShare {
            let all = found(ServerPreset.busyShareSource)
            guard !all.isEmpty else { return nil }
            let idle = all.filter { sample in
                sample.labels.contains { $0.name == "mode" && ["idle", "iowait"].contains($0.value) }
            }
            guard let whole = growth.of(all), let rest = growth.of(idle), whole > 0 else { return [] }
            return [ServerFigure(selector.text, .gauge, min(1, max(0, 1 - rest / whole)))]
        }
        let own = found(selector.name)
        let kind = page.kind(of: selector.name)
        if [.histogram, .summary].contains(kind) || own.isEmpty {
            let (sums, counts) = (found(selector.name + "_sum"), found(selector.name + "_count"))
            guard !sums.isEmpty, !counts.isEmpty else { return own.isEmpty ? nil : [] }
            guard let sum = growth.of(sums), let count = growth.of(counts), growth.seconds > 0 else { return [] }
            let rate = ServerFigure(selector.counted, .rate, count / growth.seconds)
            return count > 0 ? [ServerFigure(selector.text, .mean, sum / count), rate] : [rate]
        }
        if kind == .counter {
            guard let grown = growth.of(own), growth.seconds > 0 else { return [] }
            return [ServerFigure(selector.text, .rate, grown / growth.seconds)]
        }
        // What is no number, or infinite, is no figure.
        let values = own.map(\.value).filter(\.isFinite)
        guard !values.isEmpty else { return [] }
        let value = ServerUnit.isRatio(selector.name) ? values.max() ?? 0 : values.reduce(0, +)
        return value.isFinite ? [ServerFigure(selector.text, .gauge, value)] : []
    }

    /// What counters grew by since the page before.
    private struct Growth {
        let before: [Key: Double]?
        let seconds: Double
        var counters: [Key: Double] = [:]
        private(set) var hasShrunk = false

        init(_ page: MetricsPage, before: [Key: Double]?, seconds: Double?) {
            self.before = before
            self.seconds = seconds ?? 0
            for sample in page.samples where sample.value.isFinite && page.kind(of: sample.name) != .gauge {
                counters[Key(name: sample.name, labels: sample.labels)] = sample.value
            }
        }

        /// nil where there was no page before, or a counter began anew.
        mutating func of(_ samples: [MetricsPage.Sample]) -> Double? {
            guard let before else { return nil }
            var (sum, isWhole) = (0.0, true)
            for sample in samples where sample.value.isFinite {
                let last = before[Key(name: sample.name, labels: sample.labels)] ?? 0
                if sample.value < last { (isWhole, hasShrunk) = (false, true) }
                sum += sample.value - last
            }
            return isWhole && sum.isFinite ? sum : nil
        }
    }
}

extension SeriesSelector {
    /// Whether a sample has the labels that are asked for.
    fileprivate func matches(_ sample: MetricsPage.Sample) -> Bool {
        labels.allSatisfy { label in sample.labels.contains { $0.name == label.name && $0.value == label.value } }
    }

    /// The series of how many observations a histogram has.
    fileprivate var counted: String { name + "_count" + text.dropFirst(name.count) }
}
