/// What a CI job acts on: one code per outcome, stable across versions.
package enum ExitCode: Int32, Sendable, CaseIterable {
    /// Every critical target that the run exercised passed.
    case passed = 0
    /// At least one critical target failed.
    case failed = 1
    /// A flag, a file or the scenario is wrong; nothing ran.
    case usage = 2
    /// The measurement does not carry a verdict.
    case inconclusive = 3
    /// The fleet could not run: too few workers, all lost, or nothing reachable.
    case fleet = 4
    /// Interrupted by a signal; a report of what was measured is still written.
    case interrupted = 130
    /// Told to end by SIGTERM while the run is to go on: another coordinator takes it up. A report of what was measured is
    /// still written.
    case suspended = 143
}
