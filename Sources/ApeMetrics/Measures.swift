import ApeCore

/// Counters and series added up over windows.
package struct Measures: Sendable, Equatable {
    /// Distinct series that are kept; further ones are added up under ``otherName``, so that a fleet with endless
    /// labels cannot fill the coordinator's memory.
    package static let maximumNames = 500
    /// Distinct counters that are kept likewise: ten for each of 50 goals and of 50 routes, and as many others.
    package static let maximumCounters = 2_000
    package static let otherName = "other"

    package private(set) var counters: [CounterName: Int64] = [:]
    package private(set) var series: [SeriesName: Histogram] = [:]

    package init() {}

    package var isEmpty: Bool { counters.isEmpty && series.isEmpty }

    package mutating func add(_ window: Window) {
        add(counters: window.counters, series: window.series)
    }

    package mutating func add(_ tally: WindowTally) {
        add(counters: tally.counters, series: tally.series)
    }

    package mutating func merge(_ other: Measures) {
        add(counters: other.counters, series: other.series)
    }

    /// The series `name`; an empty one where nothing was measured.
    package subscript(_ name: SeriesName) -> Histogram { series[name] ?? Histogram() }

    /// The counter `name`.
    package subscript(_ name: CounterName) -> Int64 { counters[name] ?? 0 }

    /// The sum of a family's counters over all labels.
    package func total(of family: CounterFamily) -> Int64 {
        counters.reduce(0) { $1.key.isOf(family) ? $0.addingClamped($1.value) : $0 }
    }

    /// The counters of a family by label.
    package func labels(of family: CounterFamily) -> [String: Int64] {
        var labels: [String: Int64] = [:]
        for (name, number) in counters where name.isOf(family) {
            if let label = name.labelValue { labels[label] = number }
        }
        return labels
    }

    private mutating func add(counters other: [CounterName: Int64], series otherSeries: [SeriesName: Histogram]) {
        for (name, number) in other where number > 0 {
            let known = counters[name] != nil || counters.count < Self.maximumCounters
            let kept = known ? name : CounterName(rawValue: Self.otherName)
            counters[kept] = (counters[kept] ?? 0).addingClamped(number)
        }
        for (name, histogram) in otherSeries {
            let known = series[name] != nil || series.count < Self.maximumNames
            series[known ? name : SeriesName(rawValue: Self.otherName), default: Histogram()].merge(histogram)
        }
    }
}

extension Measures {
    /// The sessions that ended by themselves: those that succeeded and those that failed. Sessions cut by a stage's
    /// end or a worker's loss are `unfinished` and not among them.
    package var completedSessions: Int64 {
        self[CounterName.sessionsSucceeded].addingClamped(failedSessions)
    }

    package var failedSessions: Int64 { total(of: .sessionsFailed) }

    /// Tool calls that went out to a target.
    package var actions: Int64 { total(of: .actions) }
}
