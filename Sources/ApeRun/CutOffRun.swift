import ApeCore

/// The latest run of a store, which has no outcome because its coordinator died or was told to end.
package struct CutOffRun: Equatable, Sendable {
    package var run: StoredRun
    /// Fleet time, in microseconds: when its last window was received, or when it was created.
    package var latestMicros: Int64
    /// Whether its coordinator was told to end, for another to go on with it.
    package var isSuspended: Bool

    /// How long after a coordinator's death its run is resumed by itself: as long as workers keep their windows.
    static let freshMicros: Int64 = 600_000_000
    /// The same of a run that was suspended: as long as a cluster may take to make room for a coordinator elsewhere.
    static let freshSuspendedMicros: Int64 = 3_600_000_000

    package init(run: StoredRun, latestMicros: Int64, isSuspended: Bool = false) {
        self.run = run
        self.latestMicros = latestMicros
        self.isSuspended = isSuspended
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

    /// Whether it is to go on by itself, if it is to go on at all.
    ///
    /// - Parameter now: fleet time, in microseconds.
    /// - Returns: whether it is.
    package func isFresh(at now: Int64) -> Bool {
        now.subtractingClamped(latestMicros) <= (isSuspended ? Self.freshSuspendedMicros : Self.freshMicros)
    }
}
