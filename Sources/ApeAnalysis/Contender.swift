import ApeMetrics
import ApeRun

/// A curve that was fitted, held against the stages.
struct Contender {
    let fit: CurveFit
    let candidate: ScalingAnalysis.Candidate?
    /// Whether it explains the stages, and they tell all of its parameters.
    let fits: Bool

    init(_ fit: CurveFit, _ points: [ScalingPoint]) {
        self.fit = fit
        let misses = points.map { abs(1 - fit.throughput(atAgents: $0.agents) / $0.throughput) }
        let allowed = points.map { max(ScalingAnalysis.greatestMiss, ScalingAnalysis.missedErrors * $0.error) }
        let rSquared = fit.rSquared(points)
        let fits =
            rSquared >= ScalingAnalysis.leastRSquared && fit.covariance != nil
            && zip(misses, allowed).allSatisfy { $0 <= $1 }
        self.fits = fits
        let worst = misses.indices.max { misses[$0] / allowed[$0] < misses[$1] / allowed[$1] } ?? 0
        candidate = fit.curve.kind.map { kind in
            ScalingAnalysis.Candidate(
                kind: kind,
                rSquared: rSquared,
                worstStage: points[worst].stage,
                worstMiss: misses[worst],
                criterion: fit.criterion,
                fits: fits
            )
        }
    }

    /// Whether throughput falls behind proportional growth at the largest stage.
    func isLimit(_ points: [ScalingPoint]) -> Bool {
        guard let most = points.last?.agents else { return false }
        return fit.throughput(atAgents: most) <= (1 - ScalingAnalysis.leastLag) * most * fit.throughput(atAgents: 1)
    }
}
