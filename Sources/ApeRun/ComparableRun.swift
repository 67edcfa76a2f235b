import ApeCore
import ApeMetrics

/// What of a run can be compared with another: figures, and what is known of their errors.
package struct ComparableRun: Sendable, Equatable {
    package var id: String
    package var scenarioName: String
    /// Fleet time.
    package var startMicros: Int64
    /// Who measured it, of what, and where.
    package var origin: RunOrigin
    /// By key; those that the run did not measure are left out.
    package var kpis: [KPIKey: KPI] = [:]
    /// The user's own conditions that were measured, in their order.
    package var thresholds: [ThresholdFigures] = []
    /// What its search came to; nil for a run that followed a plan.
    package var capacity: CapacityFigures?
    package var stages: [StageFigures] = []
    /// The series of all holds, by name.
    package var series: [String: SeriesFigures] = [:]
    /// Answers of the target's routes.
    package var routes: [String: SeriesFigures] = [:]
    /// How many failed, by kind (`sessions`, `decisions`, `actions`, or a route) and reason.
    package var failures: [String: [String: Int64]] = [:]
    /// How many there were, failed or not, by kind.
    package var trials: [String: Int64] = [:]

    package init(id: String, scenarioName: String, startMicros: Int64, origin: RunOrigin) {
        self.id = id
        self.scenarioName = scenarioName
        self.startMicros = startMicros
        self.origin = origin
    }

    /// One of the eight targets.
    package struct KPI: Sendable, Equatable {
        package var target: KPITarget
        /// In the target's unit.
        package var value: Double
        /// The verdict was inconclusive.
        package var isInconclusive: Bool
        /// nil where the value is no mean, or has no error that is known.
        package var estimate: BatchMeans.Estimate?
        /// nil where the value is no share.
        package var share: Share?

        package init(
            target: KPITarget,
            value: Double,
            isInconclusive: Bool,
            estimate: BatchMeans.Estimate? = nil,
            share: Share? = nil
        ) {
            self.target = target
            self.value = value
            self.isInconclusive = isInconclusive
            self.estimate = estimate
            self.share = share
        }
    }

    /// One of the user's own conditions.
    package struct ThresholdFigures: Sendable, Equatable {
        package var text: String
        /// As ``ThresholdCondition/Limit/unit``.
        package var unit: String
        package var lowerIsBetter: Bool
        /// In the limit's unit.
        package var value: Double
        /// At 95 % confidence; nil where nothing is known of its error.
        package var interval: Interval?
        package var isInconclusive: Bool

        package init(
            text: String,
            unit: String,
            lowerIsBetter: Bool,
            value: Double,
            interval: Interval?,
            isInconclusive: Bool
        ) {
            self.text = text
            self.unit = unit
            self.lowerIsBetter = lowerIsBetter
            self.value = value
            self.interval = interval
            self.isInconclusive = isInconclusive
        }
    }

    /// A number of successes among a number of trials.
    package struct Share: Sendable, Equatable {
        package var count: Int64
        package var trials: Int64

        package init(count: Int64, trials: Int64) {
            self.count = min(max(0, count), max(0, trials))
            self.trials = max(0, trials)
        }

        /// nil without trials.
        package var value: Double? { trials > 0 ? Double(count) / Double(trials) : nil }
    }

    /// A series of durations, in seconds.
    package struct SeriesFigures: Sendable, Equatable {
        package var count: Int64
        package var mean: Double?
        /// By percent.
        package var percentiles: [Int: Double]
        /// nil where only the figures are known, as in a report's file.
        package var histogram: Histogram?
        /// nil where the mean's error is not known.
        package var estimate: BatchMeans.Estimate?

        package init(count: Int64, mean: Double?, percentiles: [Int: Double]) {
            self.count = count
            self.mean = mean
            self.percentiles = percentiles
        }
    }

    /// One stage's hold.
    package struct StageFigures: Sendable, Equatable {
        package var name: String
        package var agents: Int
        package var gap: BatchMeans.Estimate?
        package var ttft: BatchMeans.Estimate?

        package init(name: String, agents: Int, gap: BatchMeans.Estimate?, ttft: BatchMeans.Estimate?) {
            self.name = name
            self.agents = agents
            self.gap = gap
            self.ttft = ttft
        }
    }
}

extension ComparableRun {
    /// The share of a kind that failed for a reason; nil where the run had nothing of the kind.
    package func share(_ kind: String, _ reason: String) -> Share? {
        guard let trials = trials[kind], trials > 0 else { return nil }
        return Share(count: failures[kind]?[reason] ?? 0, trials: trials)
    }
}

extension ComparableRun.SeriesFigures {
    /// Percentiles that are compared.
    package static let percents = [50, 90, 95, 99]

    /// The figures of a histogram.
    package init(_ histogram: Histogram, estimate: BatchMeans.Estimate? = nil) {
        self.init(count: histogram.count, mean: histogram.meanMicros.map { $0 / 1e6 }, percentiles: [:])
        for (percent, value) in zip(Self.percents, histogram.percentiles(Self.percents.map(Double.init))) {
            percentiles[percent] = Double(value) / 1e6
        }
        self.histogram = histogram
        self.estimate = estimate
    }

    /// How many independent samples these are worth, by the variance of their mean over batches: the effective sample
    /// size (Law, "Simulation Modeling and Analysis", section 4.4); their number where that is not known.
    var worth: Double {
        guard let variance = histogram?.varianceMicros, let error = estimate?.variance, error > 0 else {
            return Double(count)
        }
        return min(Double(count), max(1, variance / 1e12 / error))
    }
}
