import ApeCore
import ApeMetrics
import ApeRun

/// Looks for what costs a run most; each finding is a recommendation with the figures that it follows from.
struct Diagnosis {
    /// Parts of the gap, and routes, from this share of it on are worth a recommendation.
    static let materialShare = 0.1
    /// Failures from this share of attempts or sessions on are.
    static let materialRate = 0.01
    /// A value to try lies this much inside a target.
    static let margin = 0.95

    let replay: Replay
    let scaling: ScalingAnalysis
    /// Of the sound stages.
    let hold: Measures
    let gaps: GapBreakdown
    /// ``materialShare``, or 0 where the greatest part is wanted however small it is.
    let leastShare: Double

    init(_ replay: Replay, _ scaling: ScalingAnalysis, leastShare: Double = Diagnosis.materialShare) {
        self.replay = replay
        self.scaling = scaling
        self.leastShare = leastShare
        hold = replay.hold
        gaps = hold.gapBreakdown
    }

    var verdict: RunVerdict { replay.verdict }

    /// Everything that was found, in no order.
    var findings: [Recommendation] {
        let found =
            [
                firstToken, generation, inferenceErrors, governor, think, overhead, mistakes, limits, stateless,
                ownFailures,
            ]
            .compactMap { $0 } + slowRoutes + failingRoutes
            + [saturation, concurrency, startup, growth]
            .compactMap { $0 } + hosts
        return found.map(ranked).filter { !$0.evidence.isEmpty && (!$0.improvements.isEmpty || $0.outcome != nil) }
    }

    /// Drops improvements that are none, and sets the priority by what is left.
    private func ranked(_ recommendation: Recommendation) -> Recommendation {
        var ranked = recommendation
        ranked.improvements = recommendation.improvements.filter { $0.relativePercent >= 0.05 }
        let concerned = ranked.concerns.union(ranked.improvements.filter { $0.relativePercent >= 1 }.map(\.key))
        let verdicts = concerned.compactMap { verdict[$0] }
        if verdicts.contains(where: { $0.target.isCritical && [.fail, .inconclusive].contains($0.status) }) {
            ranked.priority = .high
        } else if verdicts.contains(where: { $0.status == .fail || $0.marginal }) {
            ranked.priority = .medium
        }
        ranked.weight = weight(of: ranked)
        return ranked
    }

    /// By how many percent it betters the targets that failed; where none did, the pace of the agents or the sessions.
    private func weight(of recommendation: Recommendation) -> Double {
        let all = recommendation.improvements
        let failed = all.filter { isFailed($0.key) }
        let chosen = failed.isEmpty ? all.filter { $0.key != .cognitiveLatencyTTFT } : failed
        return (chosen.isEmpty ? all : chosen).map(\.relativePercent).max() ?? 0
    }

    func share(_ part: GapBreakdown.Part) -> Double {
        gaps.gapMicros > 0 ? Double(gaps[part: part]) / Double(gaps.gapMicros) : 0
    }

    func isFailed(_ key: KPIKey) -> Bool { verdict[key]?.status == .fail }

    var failsMTBA: Bool { isFailed(.mtbaThreshold) || isFailed(.mtbaHighLoad) }

    /// How much of a part must go, 0 to 1: half of it; of the greatest part more where that brings a target of MTBA
    /// which failed within reach.
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
            "\(part.words) takes \(Words.seconds(mean)) of a mean gap of "
            + "\(Words.seconds(seconds(gaps.gapMicros, of: gaps.gaps))), \(Words.percent(share(part)))"
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
                words: "\(words) \(Words.seconds(mean))"
            )
        }
    }

    func seconds(_ micros: Int64, of count: Int64) -> Double {
        count > 0 ? Double(micros) / Double(count) / 1_000_000 : 0
    }
}

extension GapBreakdown.Part {
    /// For sentences.
    var words: String {
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
