import ApeMetrics
import Glibc

extension CurveFit {
    private static let coarseKnees = 33
    private static let coarseShares = 9
    private static let refinements = 24

    /// Fits a queue: R0 and Xmax, and with them the share in service where the curve does not know it.
    ///
    /// For a given knee and share the best R0 is a quotient of sums, so that two numbers at most are searched for, on a
    /// grid that closes in: the bound has corners, which stop methods that follow slopes. The knee is looked for no
    /// further than twice the greatest size; where nothing rounds it, only among the sizes.
    static func queue(_ curve: ThroughputCurve, _ points: [ScalingPoint]) -> [Double] {
        let sizes = points.map(\.agents)
        let (least, most) = (max(1, sizes.min() ?? 1), max(1, sizes.max() ?? 1))
        let low = log(least)
        let high = log(curve == .queueBound ? most : 2 * most)
        var shares = [0.0]
        switch curve {
        case .queueBound: shares = [1]
        case .queue(let share): shares = [share]
        default: shares = (0..<coarseShares).map { Double($0) / Double(coarseShares - 1) }
        }
        var best = (squares: Double.infinity, knee: low, share: shares[0], rate: 0.0)
        func attempt(_ knee: Double, _ share: Double) {
            guard (low...high).contains(knee), (0...1).contains(share) else { return }
            let network = QueueNetwork(knee: exp(knee), serviceShare: share)
            let shape = points.map { network.throughput(atAgents: $0.agents) / $0.throughput }
            let rate = shape.reduce(0, +) / shape.reduce(0) { $0 + $1 * $1 }
            let squares = shape.reduce(0) { $0 + (1 - rate * $1) * (1 - rate * $1) }
            if squares < best.squares { best = (squares, knee, share, rate) }
        }
        var kneeStep = (high - low) / Double(coarseKnees - 1)
        var shareStep = shares.count > 1 ? 1 / Double(coarseShares - 1) : 0
        for number in 0..<coarseKnees {
            for share in shares { attempt(min(high, low + Double(number) * kneeStep), share) }
        }
        let offsets = [-1, -0.5, 0, 0.5, 1]
        for _ in 0..<refinements {
            let centre = best
            for offset in offsets {
                for other in shareStep > 0 ? offsets : [0] {
                    attempt(centre.knee + offset * kneeStep, centre.share + other * shareStep)
                }
            }
            kneeStep *= 0.6
            shareStep *= 0.6
        }
        let found = [1 / best.rate, exp(best.knee) * best.rate]
        return curve == .roundedQueue ? found + [best.share] : found
    }
}
