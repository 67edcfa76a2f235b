import ApeCore
import ApeMetrics
import ApeRun

/// What a run's stages say about how throughput grows with agents.
package enum ScalingAnalysis: Sendable, Equatable {
    case fitted(ScalingLaw)
    /// The data cannot carry the law; the reason is a sentence.
    case notFitted(reason: String)

    /// Stages of this many different sizes are needed: one more than the law has parameters.
    static let leastSizes = 4
    /// A law that explains less of the throughput's variation is not shown.
    static let leastRSquared = 0.9
    /// The law must beat proportional growth at this level of an F test before it is believed.
    static let curvatureLevel = 0.05

    package var law: ScalingLaw? {
        if case .fitted(let law) = self { law } else { nil }
    }

    /// Fits the law to the holds of a run. A stage in which a worker was saturated shows what the load generator did,
    /// and one that was not held shows nothing: both are left out.
    init(_ ledger: RunLedger) {
        let saturated = Set(ledger.saturations(ofStages: Array(ledger.stages.indices)).map(\.stage))
        let points = ledger.stages.indices.filter { !saturated.contains($0) }.compactMap {
            ledger.stages[$0].scalingPoint
        }
        self.init(points: points, leftOut: saturated.sorted().map { ledger.stages[$0].stage.name })
    }

    /// Fits the law to points; `leftOut` are stages in which a worker was saturated.
    init(points unsorted: [ScalingLaw.Point], leftOut: [String] = []) {
        let points = unsorted.filter { $0.agents >= 1 }.sorted { $0.agents < $1.agents }
        let sizes = Self.distinctSizes(points)
        guard sizes >= Self.leastSizes else {
            let spoiled =
                leftOut.isEmpty ? "" : " (the load generator was the bottleneck in \(leftOut.joined(separator: ", ")))"
            self = .notFitted(
                reason: "The law needs stages of at least \(Self.leastSizes) different sizes; "
                    + "this run has \(sizes)\(spoiled)."
            )
            return
        }
        guard points.allSatisfy({ $0.throughput > 0 && $0.throughput.isFinite }) else {
            self = .notFitted(reason: "A stage completed no action.")
            return
        }
        self = Self.analysis(of: points)
    }

    private static func analysis(of points: [ScalingLaw.Point]) -> ScalingAnalysis {
        let mean = points.reduce(0) { $0 + $1.throughput } / Double(points.count)
        let total = points.reduce(0) { $0 + ($1.throughput - mean) * ($1.throughput - mean) }
        let fit = ScalingLaw.fit(points)
        guard total > 0, 1 - fit.residual / total >= leastRSquared else {
            let share = Decimals.text(100 * max(0, total > 0 ? 1 - fit.residual / total : 0), places: 0)
            return .notFitted(reason: "The law explains only \(share) % of how throughput varied between the stages.")
        }
        let linear = proportionalResidual(points)
        guard isCurved(points, total: total, linear: linear, residual: fit.residual) else {
            let most = Decimals.text(points.last?.agents ?? 0, places: 0)
            return .notFitted(
                reason: 1 - linear / total >= leastRSquared
                    ? "Throughput grew in proportion to the agents up to \(most): no limit shows yet. "
                        + "Measure with more agents."
                    : "Throughput fell behind the agents, but \(points.count) stages are too few to tell by which law: "
                        + "measure with more sizes."
            )
        }
        guard let covariance = fit.covariance else {
            return .notFitted(reason: "The stages do not tell contention from coherency: measure with more sizes.")
        }
        let t = StudentT.quantile(degrees: Double(points.count - 3), tails: 0.05)
        let estimates = (0..<3).map { index in
            let half = t * max(0, covariance[index][index]).squareRoot()
            let value = fit.parameters[index]
            return ScalingLaw.Estimate(value: value, interval: Interval(low: max(0, value - half), high: value + half))
        }
        let ratios = points.compactMap { point in point.mtba.map { $0 * point.throughput / point.agents } }
        return .fitted(
            ScalingLaw(
                lambda: estimates[0],
                sigma: estimates[1],
                kappa: estimates[2],
                rSquared: 1 - fit.residual / total,
                points: points,
                gapRatio: ratios.isEmpty ? nil : ratios.reduce(0, +) / Double(ratios.count)
            )
        )
    }

    /// The residual sum of squares of X = λN.
    private static func proportionalResidual(_ points: [ScalingLaw.Point]) -> Double {
        let products = points.reduce(0) { $0 + $1.agents * $1.throughput }
        let slope = products / points.reduce(0) { $0 + $1.agents * $1.agents }
        return ScalingLaw.squares(points, [slope, 0, 0])
    }

    /// The extra sum of squares test of X = λN against the law, which has two parameters more (Draper and Smith,
    /// "Applied Regression Analysis", 3rd ed. 1998, section 6.1).
    private static func isCurved(
        _ points: [ScalingLaw.Point],
        total: Double,
        linear: Double,
        residual: Double
    ) -> Bool {
        guard linear > 1e-12 * total else { return false }
        let freedom = Double(points.count - 3)
        let gain = max(0, linear - residual) / 2
        // P(F > f) = I_x(d2 / 2, d1 / 2) at x = d2 / (d2 + d1 f).
        let x = residual / (residual + 2 * gain)
        return StudentT.incompleteBeta(x, freedom / 2, 1) < curvatureLevel
    }

    /// Sizes within 5 % of each other are one.
    private static func distinctSizes(_ sorted: [ScalingLaw.Point]) -> Int {
        var last = 0.0
        var number = 0
        for point in sorted where point.agents > 1.05 * last {
            last = point.agents
            number += 1
        }
        return number
    }
}

extension StageLedger {
    /// What the hold shows of the scaling law; nil for a stage that was not held. Seconds in which no worker reported
    /// are left out.
    var scalingPoint: ScalingLaw.Point? {
        let seconds = holdTotals.filter { $0.workers > 0 }
        guard !seconds.isEmpty else { return nil }
        let actions = seconds.reduce(Int64(0)) { $0.addingClamped($1.actions) }
        return ScalingLaw.Point(
            stage: stage.name,
            agents: Double(seconds.reduce(0) { $0 + $1.active }) / Double(seconds.count),
            throughput: Double(actions) / Double(seconds.count),
            mtba: hold[.gap].meanMicros.map { $0 / 1_000_000 }
        )
    }
}
