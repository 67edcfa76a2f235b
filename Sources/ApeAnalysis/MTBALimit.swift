import ApeCore
import ApeRun

/// How many agents an application takes before MTBA reaches the target that applies at that number.
package struct MTBALimit: Sendable, Equatable {
    /// The target that is reached, or where none is, the one that applies at ``ScalingLaw/reach``.
    package let target: KPITarget
    /// Nil where MTBA stays below its targets as far as the law reaches.
    package let agents: Double?
    /// The fewest agents at which it may be reached, at 95 % confidence; nil where it is not within reach.
    package let low: Double?
    /// The most; nil where it may lie beyond reach.
    package let high: Double?
}

extension ScalingLaw {
    /// - Parameter targets: those of MTBA, as the run was judged by them.
    /// - Returns: nil where no stage had a gap.
    package func mtbaLimit(_ targets: [KPITarget]) -> MTBALimit? {
        guard let gapRatio else { return nil }
        let applied = targets.sorted { $0.key.definition.agents.lowerBound < $1.key.definition.agents.lowerBound }
            .filter { Double($0.key.definition.agents.lowerBound) <= reach }
        func reached(_ throughput: (Double) -> Double) -> (KPITarget, Double)? {
            for target in applied {
                let range = target.key.definition.agents
                let last = min(reach, Double(range.upperBound - 1))
                if let agents = Self.least(
                    in: max(1, Double(range.lowerBound))...max(1, last),
                    where: {
                        gapRatio * $0 / throughput($0) >= target.value
                    }
                ) {
                    return (target, agents)
                }
            }
            return nil
        }
        guard let last = applied.last else { return nil }
        let found = reached(throughput(atAgents:))
        return MTBALimit(
            target: found?.0 ?? last,
            agents: found?.1,
            low: reached { throughputInterval(atAgents: $0).low }?.1,
            high: reached { throughputInterval(atAgents: $0).high }?.1
        )
    }

    /// The least number of a range for which a condition holds that, once it holds, holds for all greater ones. MTBA
    /// never falls as agents are added.
    private static func least(in range: ClosedRange<Double>, where holds: (Double) -> Bool) -> Double? {
        if holds(range.lowerBound) { return range.lowerBound }
        guard holds(range.upperBound) else { return nil }
        var (low, high) = (range.lowerBound, range.upperBound)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle }
        }
        return high
    }
}
