import ApeCore

/// A run as the store knows it.
package struct StoredRun: Sendable, Equatable {
    package var id: String
    package var scenarioName: String
    /// The scenario's document, as it was sent to the workers.
    package var scenario: JSONValue
    package var plan: Plan
    package var seed: UInt64
    /// Fleet time.
    package var createdMicros: Int64
    /// nil while the run is going on, and after its coordinator died.
    package var outcome: RunOutcome?
    /// Fleet time; nil where ``outcome`` is nil.
    package var endedMicros: Int64?
    /// Whether it tests the embedded demo.
    package var isDemo: Bool
    /// Whether marginal verdicts fail (`--strict`); false where ``outcome`` is nil.
    package var isStrict: Bool
    /// What measured it; nil for a run of before this was kept.
    package var measuredBy: MeasuringVersion?

    package init(
        id: String,
        scenarioName: String,
        scenario: JSONValue,
        plan: Plan,
        seed: UInt64,
        createdMicros: Int64,
        isDemo: Bool = false,
        isStrict: Bool = false,
        measuredBy: MeasuringVersion? = .current,
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
        self.measuredBy = measuredBy
        self.outcome = outcome
        self.endedMicros = endedMicros
    }
}
