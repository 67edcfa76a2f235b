import ApeCore
import ApeMetrics
import ApeRun

/// What was measured in a run, row by row, each with its figures, its status and its sentence.
///
/// It is made of a ledger and its verdict alone and takes each percentile once, so that it can be made again and again
/// while a run goes on.
package struct RunTables: Sendable {
    /// All holds together: what is judged.
    package let hold: Measures
    /// All phases of all stages together.
    package let whole: Measures
    package let targets: [TargetRow]
    /// In the plan's order.
    package let stages: [StageRow]
    /// Of all holds; the one with the most time in its gaps first.
    package let goals: [GoalRow]
    /// Of all holds; the one whose answers took the most time first.
    package let routes: [RouteRow]
    /// The routes of all holds whose answers are streams of events.
    package let streams: [StreamRow]
    /// The failed sessions of all holds by whose failure it was, with what was seen of it.
    package let sessionFailures: FailureTable
    /// Of all holds, failed attempts at decisions too; the most frequent first.
    package let failures: [FailureRow]
    /// The model's tokens in the whole run, and what they cost.
    package let tokens: TokenRow
    /// Those to each target and to the model's endpoint in the whole run.
    package let connections: [ConnectionRow]
    /// Where agents' time went in all holds.
    package let accounting: AccountingRow
    /// By name.
    package let workers: [WorkerRow]
    package let completeness: CompletenessRow
    /// The servers' own figures; empty where none was asked.
    package let servers: [ServerRow]

    /// - Parameters:
    ///   - ledger: what was measured.
    ///   - verdict: how it was judged.
    ///   - price: what the model's tokens cost; nil where nothing is said of cost.
    package init(_ ledger: RunLedger, _ verdict: RunVerdict, price: Scenario.TokenPrice?) {
        hold = ledger.hold
        whole = ledger.whole
        targets = verdict.verdicts.map(TargetRow.init)
        stages = zip(ledger.stages, verdict.stages).enumerated().map { index, stage in
            StageRow(stage.0, stage.1, workers: ledger.workers.values.compactMap { $0.stages[index] }, price: price)
        }
        goals = GoalRow.rows(of: hold, target: verdict.sessionsTarget)
        routes = RouteRow.rows(of: hold)
        streams = StreamRow.rows(of: hold)
        sessionFailures = FailureTable(ledger, hold: hold)
        failures = FailureRow.rows(of: sessionFailures, hold)
        tokens = TokenRow([whole], price: price)
        connections = ConnectionRow.rows(of: whole)
        accounting = AccountingRow(verdict.accounting)
        let present = ledger.workerCompleteness
        workers = WorkerRow.rows(of: ledger, present, actions: whole.actions)
        completeness = CompletenessRow(ledger, present)
        servers = ServerRow.rows(of: ledger)
    }

    /// The goals whose sessions have ended, by name.
    var endedGoals: [GoalRow] { goals.filter { $0.sessions != nil }.sorted { $0.name < $1.name } }

    /// The routes that have answered.
    var answeringRoutes: [RouteRow] { routes.filter { $0.answers.count > 0 } }
}

extension RunVerdict {
    /// What the share of successful stateful sessions is judged by.
    var sessionsTarget: KPITarget {
        self[.successfulStatefulSessions]?.target ?? KPITarget(.successfulStatefulSessions)
    }
}
