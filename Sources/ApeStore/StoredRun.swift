import ApeCore
import ApeRun

/// A run as the store knows it.
package struct StoredRun: Sendable, Equatable {
    package var id: String
    package var scenarioName: String
    /// The scenario's document, as it went to the workers.
    package var scenario: JSONValue
    package var plan: Plan
    package var seed: UInt64
    /// Fleet time.
    package var createdMicros: Int64
    /// nil while the run goes on, and after its coordinator died.
    package var outcome: RunOutcome?
    /// Fleet time; nil while ``outcome`` is.
    package var endedMicros: Int64?
    /// Whether its subject is the embedded demo.
    package var isDemo: Bool
    /// Whether a marginal verdict failed; false while ``outcome`` is nil.
    package var isStrict: Bool

    package init(
        id: String,
        scenarioName: String,
        scenario: JSONValue,
        plan: Plan,
        seed: UInt64,
        createdMicros: Int64,
        isDemo: Bool = false,
        isStrict: Bool = false,
        outcome: RunOutcome? = nil,
        endedMicros: Int64? = nil
    ) {
        self.id = id
        self.scenarioName = scenarioName
        self.scenario = scenario
        self.plan = plan
        self.seed = seed
        self.createdMicros = createdMicros
        self.isDemo = isDemo
        self.isStrict = isStrict
        self.outcome = outcome
        self.endedMicros = endedMicros
    }
}
