import ApeCore

/// The latest run of a store, which has no outcome because its coordinator died.
package struct CutOffRun: Equatable, Sendable {
    package var run: StoredRun
    /// Fleet time, in microseconds: when its last window was received, or when it was created.
    package var latestMicros: Int64

    /// How long after a coordinator's death its run is resumed by itself: as long as workers keep their windows.
    static let freshMicros: Int64 = 600_000_000

    package init(run: StoredRun, latestMicros: Int64) {
        self.run = run
        self.latestMicros = latestMicros
    }

    /// Whether a coordinator that is started again with a scenario and a plan should continue this run.
    ///
    /// - Parameters:
    ///   - scenario: the scenario's document; it must equal the run's.
    ///   - plan: the plan; it must equal the run's.
    ///   - now: fleet time, in microseconds.
    /// - Returns: whether it should.
    package func isContinued(by scenario: JSONValue, _ plan: Plan, at now: Int64) -> Bool {
        run.scenario == scenario && run.plan == plan && isFresh(at: now)
    }

    /// Whether workers may still keep windows of it.
    ///
    /// - Parameter now: fleet time, in microseconds.
    /// - Returns: whether they may.
    package func isFresh(at now: Int64) -> Bool { now.subtractingClamped(latestMicros) <= Self.freshMicros }
}
