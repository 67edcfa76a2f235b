import ApeMetrics
import ApeRun

/// What every format shows of what failed in one way.
package struct FailureRow: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case sessions
        /// Attempts at decisions.
        case decisions
    }

    package let kind: Kind
    /// Whose failure it was.
    package let party: Party
    package let reason: String
    /// Where it was seen, such as `POST /order 500`; nil where no request is to blame.
    package let place: String?
    /// nil where that is not known.
    package let goal: String?
    package let number: Int64

    /// What failed in some holds, the most frequent first.
    package static func rows(of sessions: FailureTable, _ measures: Measures) -> [FailureRow] {
        let rows = sessions.rows.map {
            FailureRow(
                kind: .sessions,
                party: $0.party,
                reason: $0.reason.rawValue,
                place: $0.place,
                goal: $0.goal,
                number: $0.count
            )
        }
        let decisions = measures.decisionFailures.map {
            FailureRow(
                kind: .decisions,
                party: $0.party,
                reason: $0.fault.rawValue,
                place: nil,
                goal: nil,
                number: $0.count
            )
        }
        return (rows + decisions).sorted { $0.number > $1.number }
    }
}
