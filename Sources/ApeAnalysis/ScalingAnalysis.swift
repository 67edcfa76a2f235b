import ApeCore
import ApeMetrics
import ApeRun

/// What a run's stages say about how throughput grows with agents.
///
/// Contention and a queue are fitted to the same points. A law is believed only where it explains 90 % of how
/// throughput varied and misses no stage by more than 10 %, or by three times that stage's own standard error. Of the
/// curves that are left the one with the least ``CurveFit/criterion`` is taken; where several come within 2 of it, which
/// tells nothing between them (Burnham and Anderson, "Model Selection and Multimodel Inference", 2nd ed. 2002, section
/// 2.6), the simplest of them.
package struct ScalingAnalysis: Sendable, Equatable {
    /// The law that was taken; nil where the stages carry none.
    package let law: ScalingLaw?
    /// Why there is no law, in a sentence; nil where there is one.
    package let reason: String?
    /// The best of each law; empty where the stages are too few.
    package let candidates: [Candidate]

    /// One of the laws, and how well it does.
    package struct Candidate: Sendable, Equatable {
        package let kind: ScalingLaw.Kind
        package let rSquared: Double
        /// The stage that it misses most.
        package let worstStage: String
        /// By how much, as a share of the stage's throughput.
        package let worstMiss: Double
        /// What the laws are compared by; infinite where the stages are too few for so many parameters.
        package let criterion: Double
        /// Whether it explains the stages.
        package let fits: Bool
    }

    /// Stages of this many different sizes are needed: one more than a law has parameters at most.
    static let leastSizes = 4
    static let leastRSquared = 0.9
    static let greatestMiss = 0.1
    /// A stage may be missed by so many of its own standard errors.
    static let missedErrors = 3.0
    /// Criteria that differ by less tell nothing.
    package static let criterionTie = 2.0
    /// A limit shows only where throughput at the largest stage falls this far behind proportional growth.
    static let leastLag = 0.05
    /// Throughput that varies by less than this factor is the same at every size.
    static let flatFactor = 1.25

    /// Fits the laws to the holds of a run. A stage in which a worker was saturated shows what the load generator did,
    /// and one that was not held shows nothing: both are left out.
    init(_ ledger: RunLedger) {
        let saturated = Set(ledger.saturations(ofStages: Array(ledger.stages.indices)).map(\.stage))
        let points = ledger.stages.indices.filter { !saturated.contains($0) }.compactMap {
            ledger.stages[$0].scalingPoint
        }
        self.init(points: points, leftOut: saturated.sorted().map { ledger.stages[$0].stage.name })
    }

    /// Fits the laws to points; `leftOut` are stages in which a worker was saturated.
    init(points unsorted: [ScalingPoint], leftOut: [String] = []) {
        let points = unsorted.filter { $0.agents >= 1 }.sorted { $0.agents < $1.agents }
        let sizes = Self.distinctSizes(points)
        guard sizes >= Self.leastSizes else {
            let spoiled =
                leftOut.isEmpty ? "" : " (the load generator was the bottleneck in \(leftOut.joined(separator: ", ")))"
            self.init(
                reason: "A law needs stages of at least \(Self.leastSizes) different sizes; "
                    + "this run has \(sizes)\(spoiled)."
            )
            return
        }
        guard points.allSatisfy({ $0.throughput > 0 && $0.throughput.isFinite }) else {
            self.init(reason: "A stage completed no action.")
            return
        }
        self.init(fitting: points)
    }

    private init(law: ScalingLaw? = nil, reason: String? = nil, candidates: [Candidate] = []) {
        self.law = law
        self.reason = reason
        self.candidates = candidates
    }

    private init(fitting points: [ScalingPoint]) {
        let proportional = Contender(CurveFit(.proportional, to: points), points)
        let contenders = Self.curves(points).map { Contender(CurveFit($0, to: points), points) }
        let candidates = ScalingLaw.Kind.allCases.compactMap { kind in
            Self.best(contenders.filter { $0.fit.curve.kind == kind })?.candidate
        }
        let believed = contenders.filter { $0.fits && $0.isLimit(points) }
        let taken = Self.best([proportional].filter(\.fits) + believed)
        let law = taken.flatMap { $0.fits ? ScalingLaw($0.fit, points) : nil }
        self.init(
            law: law,
            reason: law == nil ? Self.reason(points, proportional, candidates) : nil,
            candidates: candidates
        )
    }

    /// The simpler first; of equally many parameters the one that promises less comes first.
    private static func curves(_ points: [ScalingPoint]) -> [ThroughputCurve] {
        var curves: [ThroughputCurve] = [.queueBound]
        if let smallest = points.first(where: { !$0.parts.isEmpty }), let grown = GrownPart(points),
            let service = smallest.time(of: grown.part.held)
        {
            // What of an action's time servers take where the fewest agents wait.
            let share = service.value * smallest.throughput / smallest.agents
            curves.append(.queue(serviceShare: min(1, max(0, share))))
        }
        return curves + [.contention, .roundedQueue, .coherency]
    }

    /// The best of those that fit; where none does, of all.
    private static func best(_ contenders: [Contender]) -> Contender? {
        let fitting = contenders.filter(\.fits)
        let compared = fitting.isEmpty ? contenders : fitting
        guard let least = compared.map(\.fit.criterion).min() else { return nil }
        guard least.isFinite else { return compared.min { $0.fit.squares < $1.fit.squares } }
        return compared.first { $0.fit.criterion <= least + criterionTie }
    }

    private static func reason(
        _ points: [ScalingPoint],
        _ proportional: Contender,
        _ candidates: [Candidate]
    ) -> String {
        let (first, last) = (points[0], points[points.count - 1])
        let (least, most) = (Decimals.text(first.agents, places: 0), Decimals.text(last.agents, places: 0))
        let rates = points.map(\.throughput)
        // Growth that only gains on the agents is no limit either.
        let isAhead = last.throughput / last.agents >= (1 - leastLag) * first.throughput / first.agents
        if proportional.fits || (isAhead && proportional.fit.rSquared(points) >= leastRSquared) {
            return "Throughput grew in proportion to the agents up to \(most): no limit shows yet. "
                + "Measure with more agents."
        }
        if let low = rates.min(), let high = rates.max(), high <= flatFactor * low {
            return "Throughput is about \(Decimals.text(rates.reduce(0, +) / Double(rates.count), places: 1)) "
                + "actions a second at every size: its limit was reached with the fewest agents, \(least), already. "
                + "Measure with fewer agents."
        }
        let misses = candidates.map { candidate in
            let miss =
                candidate.worstMiss > greatestMiss
                ? "misses stage \(candidate.worstStage) by \(FigureText.percent(candidate.worstMiss))"
                : "explains only \(FigureText.percent(max(0, candidate.rSquared))) of how throughput varied"
            return "\(candidate.kind.words) \(miss)"
        }
        return "None fits: \(misses.joined(separator: ", ")). Something else changed between the stages."
    }

    /// Sizes within 5 % of each other are one.
    private static func distinctSizes(_ sorted: [ScalingPoint]) -> Int {
        var last = 0.0
        var number = 0
        for point in sorted where point.agents > 1.05 * last {
            last = point.agents
            number += 1
        }
        return number
    }
}

extension ScalingLaw.Kind {
    /// For sentences.
    package var words: String {
        switch self {
        case .contention: "contention"
        case .queue: "a queue of servers"
        }
    }
}
