import ApeCore

/// Attempts at decisions that failed in one way.
package struct DecisionFailure: Sendable, Equatable {
    package var fault: AttemptFault
    package var count: Int64

    /// Whose failure it is.
    package var party: Party { FailureReason.inference(fault).party }
}

extension Measures {
    /// What failed of the attempts at decisions, the most frequent first.
    package var decisionFailures: [DecisionFailure] {
        sortedReasons(of: .decisionErrors).map { DecisionFailure(fault: AttemptFault(rawValue: $0), count: $1) }
    }
}

extension Sequence<DecisionFailure> {
    /// All these attempts.
    package var attempts: Int64 { reduce(0) { $0.addingClamped($1.count) } }
}
