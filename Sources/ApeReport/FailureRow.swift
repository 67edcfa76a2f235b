import ApeMetrics

/// What failed for one reason.
package struct FailureRow: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case sessions
        /// Attempts at decisions.
        case decisions

        var family: CounterFamily { self == .sessions ? .sessionsFailed : .decisionErrors }
    }

    package let kind: Kind
    package let reason: String
    package let number: Int64

    /// Whose failure it was.
    package var owner: Party { Party(reason: reason) }

    /// The failures of some measurements, the most frequent first.
    package static func rows(of measures: Measures) -> [FailureRow] {
        let rows = Kind.allCases.flatMap { kind in
            measures.sortedReasons(of: kind.family).map {
                FailureRow(kind: kind, reason: $0.reason, number: $0.number)
            }
        }
        return rows.sorted { $0.number > $1.number }
    }
}
