import ApeCore
import ApeRun

/// A run in a list of runs.
package struct RunSummary: Sendable, Equatable {
    package var id: String
    package var scenarioName: String
    /// The greatest number of agents in the plan.
    package var agents: Int
    /// The number of workers that measured anything.
    package var workers: Int
    /// Whether it tested the embedded demo.
    package var isDemo: Bool
    /// Fleet time.
    package var createdMicros: Int64
    /// nil while the run is going on, and after its coordinator died.
    package var outcome: RunOutcome?
    /// Fleet time; nil where ``outcome`` is nil.
    package var endedMicros: Int64?
    /// The exit code of the run's coordinator; nil where ``outcome`` is nil.
    package var exitCode: Int64?
    /// The overall status, by the critical targets; nil where ``outcome`` is nil.
    package var status: String?
    /// The report's path; nil where none was written.
    package var report: String?
    /// In the order of the eight targets; empty for runs that an earlier version stored.
    package var verdicts: [Target]

    /// One target's verdict.
    package struct Target: Sendable, Equatable {
        package var key: KPIKey
        package var status: String
        /// In the target's unit.
        package var target: Double
        /// In the target's unit; nil where nothing was measured.
        package var measured: Double?
    }
}
