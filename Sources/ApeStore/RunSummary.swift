import ApeCore
import ApeRun

/// A run in a list of runs.
package struct RunSummary: Sendable, Equatable {
    package var id: String
    package var scenarioName: String
    /// The plan's greatest number of agents.
    package var agents: Int
    /// Workers that measured anything.
    package var workers: Int
    /// Whether its subject is the embedded demo.
    package var isDemo: Bool
    /// Fleet time.
    package var createdMicros: Int64
    /// nil while the run goes on, and after its coordinator died.
    package var outcome: RunOutcome?
    /// Fleet time; nil while ``outcome`` is.
    package var endedMicros: Int64?
    /// What the run's coordinator exited with; nil while ``outcome`` is.
    package var exitCode: Int64?
    /// What the critical targets said together; nil while ``outcome`` is.
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
