import ApeMetrics
import ApeRun

/// The Universal Scalability Law: X(N) = λN / (1 + σ(N − 1) + κN(N − 1)), the throughput X of N agents.
///
/// λ is what one agent does alone; σ, contention, is the share of work that waits its turn; κ, coherency, is what each
/// pair of agents costs the other, and makes throughput fall beyond a peak (Gunther, "Guerrilla Capacity Planning",
/// Springer 2007, chapters 4 and 5). Amdahl's law is the case κ = 0.
package struct ScalingLaw: Sendable, Equatable {
    /// A fitted parameter and the range that holds its true value at 95 % confidence, never below 0.
    package struct Estimate: Sendable, Equatable {
        package var value: Double
        package var interval: Interval
    }

    /// What one stage's hold showed.
    package struct Point: Sendable, Equatable {
        /// The stage's name.
        package var stage: String
        /// Mean active agents over the hold.
        package var agents: Double
        /// Actions a second over the hold.
        package var throughput: Double
        /// Of the hold, in seconds; nil without gaps.
        package var mtba: Double?

        package init(stage: String, agents: Double, throughput: Double, mtba: Double? = nil) {
            self.stage = stage
            self.agents = agents
            self.throughput = throughput
            self.mtba = mtba
        }
    }

    /// Actions a second of a single agent.
    package var lambda: Estimate
    /// Contention.
    package var sigma: Estimate
    /// Coherency.
    package var kappa: Estimate
    /// The share of the throughput's variation that the law explains.
    package var rSquared: Double
    /// What it is fitted to, by agents.
    package var points: [Point]
    /// MTBA over N / X(N), the mean over the points; nil where no stage had a gap.
    ///
    /// An agent is always in a gap or on its way to a session's first action, so over the hold N · T = Σ gaps + Σ times
    /// before first actions, and N / X = N · T / actions is the mean time that an action takes of an agent (the
    /// interactive response time law: Denning and Buzen, ACM Computing Surveys 10, 1978). MTBA is the same mean over
    /// gaps alone; the ratio is 1 where a session's first action takes as long as the others.
    package var gapRatio: Double?

    package func throughput(atAgents agents: Double) -> Double {
        Self.throughput(atAgents: agents, lambda.value, sigma.value, kappa.value)
    }

    /// Predicted MTBA in seconds; nil where no stage had a gap.
    package func mtba(atAgents agents: Double) -> Double? {
        guard let gapRatio, agents > 0 else { return nil }
        return gapRatio * agents / throughput(atAgents: agents)
    }

    /// The agents at which throughput is greatest, √((1 − σ) / κ); nil where it grows without end.
    package var peakAgents: Double? {
        guard kappa.value > 0, sigma.value < 1 else { return nil }
        return max(1, ((1 - sigma.value) / kappa.value).squareRoot())
    }

    /// The greatest throughput, in actions a second; where there is no peak the limit λ / σ, nil without contention.
    package var peakThroughput: Double? {
        if let peakAgents { return throughput(atAgents: peakAgents) }
        return kappa.value == 0 && sigma.value > 0 ? lambda.value / sigma.value : nil
    }

    /// The agents at which MTBA reaches `seconds`: the root of κN² + (σ − κ)N + 1 − σ − λ · seconds / gapRatio.
    ///
    /// MTBA never falls as agents are added, so there is one such number at most: 1 where a single agent is slower
    /// already, nil where MTBA stays below for any number.
    package func agents(whereMTBAIs seconds: Double) -> Double? {
        guard let gapRatio, gapRatio > 0 else { return nil }
        let (a, b) = (kappa.value, sigma.value - kappa.value)
        let c = 1 - sigma.value - lambda.value * seconds / gapRatio
        if a + b + c >= 0 { return 1 }
        if a == 0 { return b > 0 ? -c / b : nil }
        return (-b + (b * b - 4 * a * c).squareRoot()) / (2 * a)
    }

    static func throughput(atAgents agents: Double, _ lambda: Double, _ sigma: Double, _ kappa: Double) -> Double {
        lambda * agents / (1 + sigma * (agents - 1) + kappa * agents * (agents - 1))
    }
}
