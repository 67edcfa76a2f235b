import ApeMetrics

/// A series whose mean is judged.
package enum JudgedSeries: Sendable, Equatable, CaseIterable {
    /// The time between two actions; its mean is the MTBA.
    case gap
    /// The time to first token.
    ///
    /// **A failed wait is a wait.** TTFT of a decision whose attempts all failed counts as what the agent waited; a first
    /// token that came before its stream broke keeps its time.
    case ttft

    package var name: SeriesName { self == .gap ? .gap : .ttft }

    /// Where a second's totals have it.
    package var totals: KeyPath<SecondTotals, SumAndCount> { self == .gap ? \.gap : \.ttft }

    /// Whether only agents that ask a model have it.
    var needsInference: Bool { self == .ttft }

    /// What its samples are called.
    var noun: String { self == .gap ? "gaps" : "first tokens" }
}
