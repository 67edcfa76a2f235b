import ApeCore
import ApeMetrics

/// The failed sessions of some holds, by whose failure it was, what it was, and where it was seen.
///
/// Every table, finding and sentence about failures follows from this one.
package struct FailureTable: Sendable, Equatable {
    /// Sessions that failed in one way.
    package struct Row: Sendable, Equatable {
        /// Whose failure it was.
        package var party: Party { reason.party }
        package let reason: FailureReason
        /// The status that was answered; nil where none was, or it was as it should be.
        package let status: Int?
        /// Such as `POST /order`; `decision` for the model's endpoint; nil where no request is to blame.
        package let route: String?
        /// nil where the worker did not say.
        package let goal: String?
        package let count: Int64
        /// Of the completed sessions, 0 to 1.
        package let share: Double
        /// The seconds in which it was seen first and last, since 1970 of fleet time; nil where that is not known.
        package let seconds: ClosedRange<Int64>?
        /// A session that failed so, step by step.
        package let exemplar: ExemplarSession?
    }

    /// The most frequent first.
    package let rows: [Row]
    package let completedSessions: Int64

    package var failedSessions: Int64 { rows.sessions }

    /// The sessions that failed through a party's fault.
    package func count(of party: Party) -> Int64 {
        rows(of: party).sessions
    }

    /// These as a share of the completed sessions, 0 to 1; nil where none completed.
    package func share(of party: Party) -> Double? {
        completedSessions > 0 ? Double(count(of: party)) / Double(completedSessions) : nil
    }

    /// A party's rows, the most frequent first.
    package func rows(of party: Party) -> [Row] { rows.filter { $0.party == party } }

    /// The parties that failed any session, the one that failed the most first.
    package var parties: [(party: Party, count: Int64)] {
        Party.allCases.map { ($0, count(of: $0)) }.filter { $0.count > 0 }.sorted { $0.count > $1.count }
    }
}

extension FailureTable {
    /// The failures of some stages' holds; of all without `stages`.
    package init(_ ledger: RunLedger, stages: [Int]? = nil) {
        let stages = (stages ?? Array(ledger.stages.indices)).map { ledger.stages[$0] }
        self.init(
            stages.reduce(into: Measures()) { $0.merge($1.hold) },
            spans: stages.reduce(into: FailureSpans()) { $0.merge($1.failureSpans) },
            exemplars: ledger.exemplars
        )
    }

    /// The failures of all holds, whose measures together are `hold`.
    package init(_ ledger: RunLedger, hold: Measures) {
        self.init(
            hold,
            spans: ledger.stages.reduce(into: FailureSpans()) { $0.merge($1.failureSpans) },
            exemplars: ledger.exemplars
        )
    }

    init(_ measures: Measures, spans: FailureSpans, exemplars: Exemplars) {
        // A session counts where it ends, and what failed it where that began: more may have failed than ended.
        let told = measures.total(of: .sessionFailures)
        let completed = measures[CounterName.sessionsSucceeded].addingClamped(max(told, measures.failedSessions))
        func row(_ label: SessionFailureLabel, goal: String?, _ count: Int64, _ span: ClosedRange<Int64>?) -> Row {
            Row(
                reason: label.reason,
                status: label.status,
                route: label.route,
                goal: goal,
                count: count,
                share: completed > 0 ? min(1, Double(count) / Double(completed)) : 0,
                seconds: span,
                exemplar: exemplars.closest(to: label)
            )
        }
        var rows: [Row] = []
        // A worker that sends no labels, or more than fit, still tells the reasons.
        let isWhole = told > 0 && measures[CounterFamily.sessionFailures[WindowTally.otherLabel]] == 0
        var unlabelled = isWhole ? [:] : measures.labels(of: .sessionsFailed)
        for (text, count) in measures.labels(of: .sessionFailures) {
            guard let label = SessionFailureLabel(text) else { continue }
            rows.append(row(label, goal: label.goal, count, spans[text]))
            let rest = unlabelled[label.reason.rawValue] ?? 0
            unlabelled[label.reason.rawValue] = rest.subtractingClamped(count)
        }
        for (reason, count) in unlabelled where count > 0 {
            rows.append(
                row(SessionFailureLabel(reason: FailureReason(rawValue: reason), goal: ""), goal: nil, count, nil)
            )
        }
        self.rows = rows.sorted { ($0.count, $1.order) > ($1.count, $0.order) }
        completedSessions = completed
    }
}

extension [FailureTable.Row] {
    /// The sessions that these rows are of.
    package var sessions: Int64 { reduce(0) { $0.addingClamped($1.count) } }
}

extension FailureTable.Row {
    /// Tells rows of one number apart, so that they always stand in one order.
    fileprivate var order: String {
        [reason.rawValue, status.map { "\($0)" } ?? "", route ?? "", goal ?? ""].joined(separator: " ")
    }

    /// Where it was seen, such as `POST /order 500`; nil where no request is to blame.
    package var place: String? {
        route.map { route in status.map { "\(route) \($0)" } ?? route }
    }
}
