import ApeCore
import ApeMetrics
import ApeRun

/// Finds what costs a run most. Each finding is a recommendation with the figures that it follows from.
struct Diagnosis {
    /// A part of the gap, or a route, is worth a recommendation from this share of the gap on.
    static let materialShare = 0.1
    /// Failures are worth one from this share of attempts or sessions on.
    static let materialRate = 0.01
    /// A value to try lies this much inside a target.
    static let margin = 0.95

    let replay: Replay
    let scaling: ScalingAnalysis
    /// The holds of the sound stages together.
    let hold: Measures
    let gaps: GapBreakdown
    /// What failed sessions in these holds.
    let failures: FailureTable
    /// ``materialShare``; 0 where the greatest part is looked for, however small it is.
    let leastShare: Double

    init(_ replay: Replay, _ scaling: ScalingAnalysis, leastShare: Double = Diagnosis.materialShare) {
        self.replay = replay
        self.scaling = scaling
        self.leastShare = leastShare
        hold = replay.hold
        gaps = hold.gapBreakdown
        failures = FailureTable(replay.ledger, stages: replay.soundStages)
    }

    var verdict: RunVerdict { replay.verdict }

    /// Everything that was found, in no order.
    var findings: [Recommendation] {
        let found =
            [
                firstToken, generation, inferenceErrors, governor, think, overhead, mistakes, loops, limits, stateless,
                ownFailures, stalls,
            ]
            .compactMap { $0 } + targetFailures + [slowTarget].compactMap { $0 } + slowRoutes + failingRoutes
            + [saturation, concurrency, startup, growth]
            .compactMap { $0 } + hosts
        return found.map(ranked).filter { !$0.evidence.isEmpty && (!$0.improvements.isEmpty || $0.outcome != nil) }
    }

    /// Drops improvements that are none, and sets the priority by what is left.
    private func ranked(_ recommendation: Recommendation) -> Recommendation {
        var ranked = recommendation
        ranked.improvements = recommendation.improvements.filter { $0.relativePercent >= 0.05 }
        // Where hardly a session succeeded, the run shows no gain either.
        if ranked.improvements.isEmpty, ranked.outcome == nil, ranked.prevented > 0 { ranked.outcome = unknownGain }
        let concerned = ranked.concerns.union(ranked.improvements.filter { $0.relativePercent >= 1 }.map(\.key))
        let verdicts = concerned.compactMap { verdict[$0] }
        let isCritical = verdicts.contains {
            $0.target.isCritical && ($0.status == .fail || $0.status == .inconclusive && ranked.cause == .harness)
        }
        if isCritical || ranked.explainsStalls && !verdict.failedStages.isEmpty {
            ranked.priority = .high
        } else if verdicts.contains(where: { $0.status != .pass && $0.status != .notExercised || $0.marginal }) {
            ranked.priority = .medium
        }
        return ranked
    }

    func share(_ part: GapBreakdown.Part) -> Double {
        gaps.gapMicros > 0 ? Double(gaps[part: part]) / Double(gaps.gapMicros) : 0
    }

    func isFailed(_ key: KPIKey) -> Bool { verdict[key]?.status == .fail }

    var failsMTBA: Bool { isFailed(.mtbaThreshold) || isFailed(.mtbaHighLoad) }

    /// How much of a part should be saved, 0 to 1. This is half of it; of the greatest part it is more where that would
    /// make a failed MTBA target pass.
    func fraction(of part: GapBreakdown.Part) -> Double {
        guard GapBreakdown.Part.allCases.allSatisfy({ gaps[part: $0] <= gaps[part: part] }) else { return 0.5 }
        let needed = replay.mtba(GapCut([part: 1])).compactMap { improvement -> Double? in
            guard improvement.gain > 0, isFailed(improvement.key) else { return nil }
            return (improvement.current - Self.margin * improvement.target.value) / improvement.gain
        }
        return max(0.5, needed.filter { $0 <= 0.9 }.max() ?? 0)
    }

    /// A part's mean and share as evidence.
    func evidence(_ part: GapBreakdown.Part) -> Recommendation.Evidence {
        let source =
            switch part {
            case .firstToken, .generation: "gap_parts.decision.\(part.rawValue).mean_seconds"
            default: "gap_parts.\(part.rawValue).mean_seconds"
            }
        let mean = seconds(gaps[part: part], of: gaps.gaps)
        let words =
            "\(part.words) takes \(FigureText.seconds(mean)) of a mean gap of "
            + "\(FigureText.seconds(seconds(gaps.gapMicros, of: gaps.gaps))), \(FigureText.percent(share(part)))"
        return .init(source: source, value: mean, unit: "seconds", words: words)
    }

    /// The mean of a series as evidence; nil without samples.
    func evidence(_ series: SeriesName, _ words: String) -> Recommendation.Evidence? {
        hold[series].meanMicros.map {
            let mean = $0 / 1_000_000
            return .init(
                source: "series.hold.\(series.rawValue).mean_seconds",
                value: mean,
                unit: "seconds",
                words: "\(words) \(FigureText.seconds(mean))"
            )
        }
    }

    func seconds(_ micros: Int64, of count: Int64) -> Double {
        count > 0 ? Double(micros) / Double(count) / 1_000_000 : 0
    }
}

extension GapBreakdown.Part {
    /// For sentences.
    package var words: String {
        switch self {
        case .firstToken: "waiting for the first token"
        case .generation: "generating the answer"
        case .target: "waiting for the target"
        case .think: "thinking, as the scenario asks,"
        case .retryWait: "waiting before retries"
        case .overhead: "the load generator's own work"
        }
    }
}

extension String {
    /// A sentence as a clause.
    var withoutStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
