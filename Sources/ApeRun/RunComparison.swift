import ApeCore
import ApeFleet
import ApeMetrics

/// Two runs side by side: every figure with its change, and whether the change is more than chance and matters.
package struct RunComparison: Sendable, Equatable {
    /// A significant change by a smaller share of the base's value does not matter: two runs on one machine differ by
    /// as much, depending on what else it does.
    package static let relevantChange = 0.05
    /// A share that changed by less than this does not matter either.
    static let relevantShareChange = 0.01

    package var base: ComparableRun
    package var run: ComparableRun
    package var rows: [Row]
    /// Sentences that say why the two runs are not fully comparable.
    package var cautions: [String]

    /// One figure of both runs.
    package struct Row: Sendable, Equatable {
        package var group: Group
        package var name: String
        package var unit: Unit
        /// nil where that run has no such figure.
        package var base: Double?
        package var run: Double?
        package var lowerIsBetter = true
        /// Of a critical target.
        package var isCritical = false
        /// nil where nothing can be tested.
        package var test: Test?
        /// The probability of so great a difference by chance.
        package var probability: Double?
        package var outcome = Outcome.untested
        /// Why it was not tested.
        package var note: String?

        /// The change as a share of the base's value; nil where there is none, infinite from nothing to something.
        package var change: Double? {
            guard let base, let run else { return nil }
            if base == run { return 0 }
            return base == 0 ? .infinity : (run - base) / abs(base)
        }
    }

    package enum Group: String, Sendable, CaseIterable {
        case targets, thresholds, stages, series, routes, failures
    }

    package enum Unit: String, Sendable {
        case seconds, percent, agents, count, bytes
        case perSecond = "per_second"
        case perMinute = "per_minute"
        case perHour = "per_hour"
    }

    package enum Test: String, Sendable {
        case welch
        case proportions = "two_proportions"
        /// Of two values whose intervals are known, taken to be normal.
        case intervals
        case kolmogorovSmirnov = "kolmogorov_smirnov"
    }

    package enum Outcome: String, Sendable {
        /// Significantly and relevantly.
        case better, worse
        /// By chance, or too small to matter.
        case same = "no_significant_change"
        case untested
        /// The load generator was the bottleneck, or measurements are missing, in one of the runs.
        case inconclusive
    }
}

extension RunComparison {
    /// Critical targets that are significantly worse by more than a share of the base's value.
    package func regressions(beyond share: Double) -> [Row] {
        rows.filter { $0.isCritical && $0.outcome == .worse && abs($0.change ?? 0) > share }
    }

    /// Critical targets that could not be compared, since one of the verdicts is inconclusive.
    package var openCriticalRows: [Row] {
        rows.filter { $0.isCritical && $0.outcome == .inconclusive }
    }

    /// What the critical targets come to.
    package var sentence: String {
        let critical = rows.filter(\.isCritical)
        let worse = critical.filter { $0.outcome == .worse }.map(\.name)
        let better = critical.filter { $0.outcome == .better }.map(\.name)
        var parts: [String] = []
        if !worse.isEmpty { parts.append("significantly worse: \(worse.joined(separator: ", "))") }
        if !better.isEmpty { parts.append("significantly better: \(better.joined(separator: ", "))") }
        let open = openCriticalRows.map(\.name)
        if !open.isEmpty { parts.append("inconclusive: \(open.joined(separator: ", "))") }
        if critical.allSatisfy({ $0.outcome == .untested }) { return "No critical target could be compared." }
        return parts.isEmpty
            ? "No significant change of the critical targets."
            : "Critical targets " + parts.joined(separator: "; ") + "."
    }
}
