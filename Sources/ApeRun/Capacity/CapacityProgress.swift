import ApeCore

/// How a search goes on, for whoever conducts it.
package struct CapacityProgress: Sendable {
    /// What the last try came to, for people; nil before the first.
    package let sentence: String?
    /// The stage to go on with; nil where the search is over.
    package let next: Stage?

    /// - Returns: nil for a run that does not search.
    package init?(_ ledger: RunLedger, rules: JudgingRules) {
        guard let capacity = CapacityAnswer(ledger, rules: rules) else { return nil }
        sentence = capacity.tries.last.map { "\($0.name): \(capacity.search.sentence(on: $0))" }
        guard case .attempt(let level) = capacity.step else {
            next = nil
            return
        }
        // What an overload left behind is gone after as long as its answers took to come in.
        let failed = capacity.tries.last.flatMap { $0.status == .pass ? nil : ledger.stages[$0.stage].timeline }
        let settle = failed.map { ledger.latest.micros.subtractingClamped($0.end.micros) } ?? 0
        next = capacity.search.stage(level: level, number: ledger.stages.count + 1, settleMicros: settle)
    }
}

extension CapacitySearch {
    /// Such as `160 agents FAIL mtba_threshold: 1.013 s, < 1.0 seconds`.
    package func sentence(on attempt: CapacityTry) -> String {
        let words = "\(words(attempt.level)) \(attempt.status.rawValue)"
        return attempt.bound.map { "\(words), \($0.sentence)" } ?? attempt.reason.map { "\(words): \($0)" } ?? words
    }
}

extension CapacityCondition {
    /// Such as `mtba_threshold 1.013 s (< 1.0 seconds)`.
    package var sentence: String {
        let words = kind == .threshold ? name : "\(name) \(valueText ?? "not measured") (\(limitText))"
        return kind == .threshold
            ? words + (valueText.map { ": \($0)" } ?? "") : kind == .held ? reason ?? words : words
    }
}
