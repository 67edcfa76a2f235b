import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

/// A run at one moment, for whoever looks at it from outside.
struct RunSnapshot: Sendable {
    var run: String
    var scenarioName: String
    var isDemo: Bool
    var rules: JudgingRules
    /// What the model's tokens cost; nil where nothing is said of cost.
    var price: Scenario.TokenPrice?
    /// Fleet time.
    var createdMicros: Int64
    /// Fleet time.
    var nowMicros: Int64
    /// What is stored, added up.
    var ledger: RunLedger
    /// How the run goes; nil before the first heartbeat.
    var progress: Progress?

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
