import ApeMetrics

/// How much of what workers owed for a stretch of time was received.
package struct Completeness: Sendable, Equatable {
    /// More than this share missing makes a hold's verdicts inconclusive.
    static let missingShareLimit = 0.01

    package internal(set) var expectedSeconds: Int64 = 0
    /// What is missing, by worker.
    package internal(set) var missing: [Missing] = []

    /// Seconds that one worker owed and did not deliver.
    package struct Missing: Sendable, Equatable {
        /// The worker's identity; nil for seconds of a hold in which the fleet had no worker at all.
        package var worker: String?
        /// The stage's index in the plan.
        package var stage: Int
        package var phase: Window.Phase
        /// Seconds since 1970 in fleet time.
        package var seconds: Range<Int64>
    }

    package var missingSeconds: Int64 { missing.reduce(0) { $0 + Int64($1.seconds.count) } }
    package var receivedSeconds: Int64 { expectedSeconds - missingSeconds }

    package var missingShare: Double {
        expectedSeconds > 0 ? Double(missingSeconds) / Double(expectedSeconds) : 0
    }

    package var isSufficient: Bool { missingShare <= Self.missingShareLimit }
}
