import ApeCore
import Synchronization

/// What one worker has measured since its last window: counters and series.
package struct WindowTally: Sendable, Equatable {
    /// Distinct labels of one family; further ones are counted under ``otherLabel``.
    static let maximumLabels = 50
    package static let otherLabel = "other"

    package private(set) var counters: [CounterName: Int64] = [:]
    package private(set) var series: [SeriesName: Histogram] = [:]
    /// Every label met so far, by family: it outlives the windows, so that a label keeps its place in a run.
    private var labels: [String: Set<String>] = [:]
    /// Gaps by label and its value, until ``cut()`` makes counters of them: an agent's step costs no names.
    private var gaps: [GapLabel: [String: GapBreakdown]] = [:]

    package init() {}

    package mutating func record(_ name: SeriesName, _ micros: Int64) {
        series[name, default: Histogram()].record(micros)
    }

    /// Records into the series of one label's value, such as a route.
    package mutating func record(_ family: SeriesFamily, _ value: String, _ micros: Int64) {
        record(family[bounded(value, family: family.label.rawValue)], micros)
    }

    /// Counts one value of a label, such as a route.
    package mutating func add(_ family: CounterFamily, _ value: String, _ number: Int64 = 1) {
        // What fails in how many ways must not crowd out the routes themselves.
        let key = family == .routeErrors ? family.name : family.label.rawValue
        add(family[bounded(value, family: key)], number)
    }

    /// Records one gap: as a sample of each series, and under its goal and its route.
    package mutating func record(_ gap: GapBreakdown, goal: String, route: String) {
        record(.gap, gap.gapMicros)
        record(.decision, gap.decisionMicros)
        record(.decisionFirstToken, gap.firstTokenMicros)
        record(.decisionGeneration, gap.generationMicros)
        record(.target, gap.targetMicros)
        record(.think, gap.thinkMicros)
        record(.retryWait, gap.retryWaitMicros)
        record(.overhead, gap.overheadMicros)
        let goal = bounded(goal, family: GapLabel.goal.rawValue)
        gaps[.goal, default: [:]][goal, default: GapBreakdown()].add(gap)
        let route = bounded(route, family: GapLabel.route.rawValue)
        gaps[.route, default: [:]][route, default: GapBreakdown()].add(gap)
    }

    package mutating func add(_ name: CounterName, _ number: Int64 = 1) {
        // What an endpoint says of its tokens is added up here: no number of its may trap.
        counters[name, default: 0].addClamped(number)
    }

    /// Ends the window: what was measured is returned, and the next window begins empty.
    package mutating func cut() -> WindowTally {
        var ended = self
        for (label, values) in gaps {
            for (value, gap) in values {
                for (name, number) in gap.counters(label, value) { ended.add(name, number) }
            }
        }
        ended.gaps = [:]
        gaps = [:]
        counters.removeAll(keepingCapacity: true)
        series.removeAll(keepingCapacity: true)
        return ended
    }

    private mutating func bounded(_ value: String, family: String) -> String {
        if labels[family]?.contains(value) == true { return value }
        guard labels[family, default: []].count < Self.maximumLabels else { return Self.otherLabel }
        labels[family, default: []].insert(value)
        return value
    }
}
