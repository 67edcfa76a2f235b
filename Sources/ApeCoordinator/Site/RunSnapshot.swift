import ApeCore
import ApeFleet
import ApeMetrics
import ApeReport
import ApeRun
import ApeSite

/// A run at one moment, for whoever looks at it from outside.
struct RunSnapshot: Sendable {
    var run: String
    var scenarioName: String
    var isDemo: Bool
    var rules: JudgingRules
    /// What the model's tokens cost; nil where nothing is said of cost.
    var price: Scenario.TokenPrice?
    /// What the run may cost; nil for no limit.
    var budget: Double?
    /// Fleet time.
    var createdMicros: Int64
    /// Fleet time.
    var nowMicros: Int64
    /// What is stored, added up.
    var ledger: RunLedger
    /// How the run goes; nil before the first heartbeat.
    var progress: Progress?
    /// What happened to the fleet last; the newest last.
    var events: [FleetEvent] = []
    /// How the run that ended last came out: one before this, or this one once it is over; nil where none has ended.
    var lastRun: LastRun?

    /// What a person who watches the run is shown.
    var live: LiveRun {
        let subject = LiveRun.Subject(
            run: run,
            scenarioName: scenarioName,
            isDemo: isDemo,
            rules: rules,
            price: price,
            budget: budget,
            createdMicros: createdMicros
        )
        return LiveRun(subject, ledger: ledgerSoFar, progress: progress, nowMicros: nowMicros, events: events)
    }

    /// How the user's own conditions stand by what was measured so far.
    var thresholdsSoFar: [ThresholdVerdict] {
        ledger.thresholds.isEmpty ? [] : RunVerdict.thresholdsSoFar(of: ledgerSoFar, rules: rules)
    }

    /// The account as it would be judged if the run ended now: up to the last second that all workers which are there
    /// have told of.
    var ledgerSoFar: RunLedger {
        var ledger = ledger
        let connected = ledger.books.tallies.filter { $0.standing == .connected }
        let told = connected.compactMap { ledger.workers[$0.worker]?.latest?.endMicros }.min()
        ledger.ended(atMicros: told ?? nowMicros)
        return ledger
    }
}
