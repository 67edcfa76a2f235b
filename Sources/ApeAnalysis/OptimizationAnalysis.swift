import ApeCore
import ApeMetrics
import ApeRun

/// What a run shows about where it can get better: recommendations by weight, and what they would give together.
package struct OptimizationAnalysis: Sendable {
    package let verdict: RunVerdict
    package let replay: Replay
    package let scaling: ScalingAnalysis
    /// The most urgent first, and of equals that which gives most.
    package let recommendations: [Recommendation]
    package let whatIfs: [WhatIf]

    /// A change that is replayed whether or not anything recommends it.
    package struct WhatIf: Sendable, Equatable {
        package var name: String
        package var assumption: String
        package var improvements: [Improvement]
    }

    package init(ledger: RunLedger, verdict: RunVerdict) {
        self.verdict = verdict
        let subject = verdict.subject(of: ledger)
        let replay = Replay(ledger: subject.ledger, verdict: subject.verdict)
        self.replay = replay
        let scaling = ScalingAnalysis(ledger)
        self.scaling = scaling
        var found = Diagnosis(replay, scaling).findings
        // Where nothing stands out the greatest part, however small, is the next bottleneck.
        if found.isEmpty {
            found = Array(Self.sorted(Diagnosis(replay, scaling, leastShare: 0).findings).prefix(1))
        }
        recommendations = Self.sorted(found)
        whatIfs = Self.whatIfs(replay)
    }

    package var ledger: RunLedger { replay.ledger }

    private static func sorted(_ found: [Recommendation]) -> [Recommendation] {
        let order = Recommendation.Priority.allCases
        return found.sorted { left, right in
            let (first, second) = (order.firstIndex(of: left.priority) ?? 0, order.firstIndex(of: right.priority) ?? 0)
            return (first, -left.explains, left.id) < (second, -right.explains, right.id)
        }
    }

    /// What a run without waits for retries and budgets would be like is not among them: more requests would go out, and
    /// the limits that made them wait would meet those.
    private static func whatIfs(_ replay: Replay) -> [WhatIf] {
        let parts: [(String, String, GapCut, Double)] = [
            (
                "ttft_halved", "Every first token comes in half the time", GapCut([.firstToken: 0.5]), 0.5
            ),
            ("generation_halved", "Answers are generated in half the time", GapCut([.generation: 0.5]), 0),
            ("target_halved", "The target answers in half the time", GapCut([.target: 0.5]), 0),
            ("no_think", "Agents do not think", GapCut([.think: 1]), 0),
        ]
        return parts.compactMap { name, assumption, cut, ttft in
            let improvements = [ttft > 0 ? replay.ttft(ttft) : nil].compactMap { $0 } + replay.mtba(cut)
            let changed = improvements.filter { $0.gain > 0 }
            return changed.isEmpty ? nil : WhatIf(name: name, assumption: assumption, improvements: changed)
        }
    }

    /// A value with all recommendations followed; nil where none improves it.
    package func optimized(_ key: KPIKey) -> Improvement? {
        let improvement: Improvement?
        switch key.measure {
        case .mean(.gap):
            let cut = recommendations.reduce(into: GapCut([:])) { $0.merge($1.cut) }
            improvement = replay.mtba(cut).first { $0.key == key }
        case .mean(.ttft):
            improvement = replay.ttft(1 - recommendations.reduce(1) { $0 * (1 - $1.ttftCut) })
        case .successfulSessions:
            improvement = replay.sessions(without: recommendations.reduce(0) { $0 + $1.prevented })
        case .startup, .concurrentAgents, .host:
            improvement = recommendations.flatMap(\.improvements).filter { $0.key == key }
                .max { $0.gain < $1.gain }
        }
        return improvement.flatMap { $0.gain > 0 ? $0 : nil }
    }

    /// The greatest improvement of any critical target that all recommendations together would give, in percent.
    package var potentialPercent: Double {
        verdict.verdicts.filter(\.target.isCritical).compactMap { optimized($0.key)?.relativePercent }.max() ?? 0
    }
}
