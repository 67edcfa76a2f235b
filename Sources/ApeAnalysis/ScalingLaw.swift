import ApeMetrics
import ApeRun

/// How throughput X depends on the number of agents N, as fitted to a run's stages.
///
/// **Contention** is the Universal Scalability Law, X(N) = λN / (1 + σ(N − 1) + κN(N − 1)): λ is what one agent does
/// alone; σ, contention, is the share of work that waits its turn; κ, coherency, is what each pair of agents costs the
/// other, and makes throughput fall beyond a peak (Gunther, "Guerrilla Capacity Planning", Springer 2007, chapters 4
/// and 5). Amdahl's law is the case κ = 0.
///
/// **Queue** is a closed network with servers: X(N) ≤ min(N / R0, Xmax), where R0 is the cycle without waiting and Xmax
/// what all servers together do; beyond the knee N* = Xmax · R0 more agents only wait (Denning and Buzen, ACM Computing
/// Surveys 10, 1978).
package struct ScalingLaw: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case contention
        case queue
    }

    /// A figure and the range that holds its true value at 95 % confidence.
    package struct Estimate: Sendable, Equatable {
        package var value: Double
        package var interval: Interval

        package init(value: Double, interval: Interval) {
            self.value = value
            self.interval = interval
        }
    }

    /// A law says nothing of more agents than this many times the most that were measured. Stages of a plan double
    /// from one to the next, and a further limit shows no earlier than in the stage that reaches it, so the law is
    /// carried by one such step and no more.
    package static let reachFactor = 2.0

    let fit: CurveFit
    package let kind: Kind
    /// The share of the throughput's variation that the law explains.
    package let rSquared: Double
    /// What it is fitted to, by agents.
    package let points: [ScalingPoint]
    /// MTBA over N / X(N), the mean over the points; nil where no stage had a gap.
    ///
    /// N / X is the mean time that an action takes of an agent (the interactive response time law: Denning and Buzen).
    /// MTBA is the same mean over gaps alone; the ratio is 1 where gaps cover all of an agent's time.
    package let gapRatio: Double?
    /// The part of the gap that grew most from the smallest stage to the largest; nil where none grew.
    package let grown: GrownPart?

    init?(_ fit: CurveFit, _ points: [ScalingPoint]) {
        guard let kind = fit.curve.kind else { return nil }
        self.fit = fit
        self.kind = kind
        self.points = points
        rSquared = fit.rSquared(points)
        let ratios = points.compactMap { point in point.mtba.map { $0 * point.throughput / point.agents } }
        gapRatio = ratios.isEmpty ? nil : ratios.reduce(0, +) / Double(ratios.count)
        grown = GrownPart(points)
    }

    /// The most agents of which the law says anything.
    package var reach: Double { Self.reachFactor * (points.last?.agents ?? 0) }

    package func throughput(atAgents agents: Double) -> Double { fit.throughput(atAgents: agents) }

    /// The 95 % interval of throughput.
    package func throughputInterval(atAgents agents: Double) -> Interval { fit.interval(atAgents: agents) }

    /// Predicted MTBA in seconds; nil where no stage had a gap, and beyond ``reach``.
    package func mtba(atAgents agents: Double) -> Double? {
        guard let gapRatio, agents > 0, agents <= reach else { return nil }
        return gapRatio * agents / throughput(atAgents: agents)
    }
}

extension CurveFit {
    func rSquared(_ points: [ScalingPoint]) -> Double {
        let mean = points.reduce(0) { $0 + $1.throughput } / Double(max(1, points.count))
        let total = points.reduce(0) { $0 + ($1.throughput - mean) * ($1.throughput - mean) }
        let rest = points.reduce(0) {
            let difference = $1.throughput - throughput(atAgents: $1.agents)
            return $0 + difference * difference
        }
        return total > 0 ? 1 - rest / total : 0
    }
}
