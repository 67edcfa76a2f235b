import ApeCore
import ApeMetrics
import ApeRun

/// What one stage's hold showed of how throughput scales.
package struct ScalingPoint: Sendable, Equatable {
    /// The stage's name.
    package var stage: String
    /// Mean active agents over the hold.
    package var agents: Double
    /// Actions a second over the hold.
    package var throughput: Double
    /// The standard error of ``throughput`` as a share of it, from the hold's seconds; 0 where it is not known.
    package var error: Double
    /// Of the hold, in seconds; nil without gaps.
    package var mtba: Double?
    /// The mean of each part of a gap, in seconds; empty without gaps.
    package var parts: [GapBreakdown.Part: ScalingLaw.Estimate]

    package init(
        stage: String,
        agents: Double,
        throughput: Double,
        error: Double = 0,
        mtba: Double? = nil,
        parts: [GapBreakdown.Part: ScalingLaw.Estimate] = [:]
    ) {
        self.stage = stage
        self.agents = agents
        self.throughput = throughput
        self.error = error
        self.mtba = mtba
        self.parts = parts
    }

    /// The mean of several parts together; nil where one was not measured. Their errors may go together, so that the
    /// widths of the intervals add up.
    func time(of parts: [GapBreakdown.Part]) -> ScalingLaw.Estimate? {
        let times = parts.compactMap { self.parts[$0] }
        guard times.count == parts.count else { return nil }
        return ScalingLaw.Estimate(
            value: times.reduce(0) { $0 + $1.value },
            interval: Interval(
                low: times.reduce(0) { $0 + $1.interval.low },
                high: times.reduce(0) { $0 + $1.interval.high }
            )
        )
    }
}

extension StageLedger {
    /// What the hold shows of the scaling law; nil for a stage that was not held. Seconds in which no worker reported
    /// are left out.
    var scalingPoint: ScalingPoint? {
        let seconds = holdTotals.filter { $0.workers > 0 }
        guard !seconds.isEmpty else { return nil }
        let number = Double(seconds.count)
        let throughput = Double(seconds.reduce(Int64(0)) { $0.addingClamped($1.actions) }) / number
        let squares = seconds.reduce(0) { $0 + (Double($1.actions) - throughput) * (Double($1.actions) - throughput) }
        return ScalingPoint(
            stage: stage.name,
            agents: Double(seconds.reduce(0) { $0 + $1.active }) / number,
            throughput: throughput,
            error: number > 1 && throughput > 0 ? (squares / (number - 1) / number).squareRoot() / throughput : 0,
            mtba: hold[.gap].meanMicros.map { $0 / 1_000_000 },
            parts: gapParts(seconds)
        )
    }

    /// The mean of each part over the hold's gaps. Its interval is that of a ratio of the seconds' sums (Cochran,
    /// "Sampling Techniques", 3rd ed. 1977, section 6.3), as a share.
    private func gapParts(_ seconds: [SecondTotals]) -> [GapBreakdown.Part: ScalingLaw.Estimate] {
        let gaps = hold.gapBreakdown
        guard gaps.gaps > 0 else { return [:] }
        return GapBreakdown.Part.allCases.reduce(into: [:]) { parts, part in
            let mean = Double(gaps[part: part]) / Double(gaps.gaps) / 1_000_000
            let half = mean * Self.relativeHalf(seconds.map { (Double($0.parts[part: part]), Double($0.parts.gaps)) })
            parts[part] = .init(value: mean, interval: Interval(low: max(0, mean - half), high: mean + half))
        }
    }

    private static func relativeHalf(_ seconds: [(sum: Double, count: Double)]) -> Double {
        let (sum, count) = seconds.reduce((0.0, 0.0)) { ($0.0 + $1.sum, $0.1 + $1.count) }
        guard seconds.count > 1, sum > 0, count > 0 else { return 0 }
        let (number, ratio) = (Double(seconds.count), sum / count)
        let squares = seconds.reduce(0) {
            let rest = $1.sum - ratio * $1.count
            return $0 + rest * rest
        }
        let error = (number / (number - 1) * squares).squareRoot() / sum
        return StudentT.quantile(degrees: number - 1, tails: 0.05) * error
    }
}
