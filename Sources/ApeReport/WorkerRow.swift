import ApeCore
import ApeMetrics
import ApeRun

/// What every format shows of a worker.
package struct WorkerRow: Sendable, Equatable {
    package let facts: WorkerFacts
    /// The most agents that it was ever told to run.
    package let peakAgents: Int
    package let actions: Int64
    /// Of the actions of all workers; nil where there were none.
    let actionsShare: Double?
    package let completedSessions: Int64
    /// When it belonged to the fleet.
    package let presences: [WorkerPresence]
    /// What it and its host did in holds, by stage.
    package let holds: [Hold]

    /// A worker in one hold.
    package struct Hold: Sendable, Equatable {
        /// The stage's name.
        package let stage: String
        package let figures: WorkerStage
    }

    /// The greatest use of its host's CPU in a hold; nil where it was in no stage.
    var peakCPUPercent: Double? { peak(\.cpu.peak) }
    /// The same of its host's memory.
    var peakMemoryPercent: Double? { peak(\.memory.peak) }
    /// The greatest memory of its own process, in bytes.
    var peakProcessMemoryBytes: Int64 { peak(\.peakProcessMemoryBytes) ?? 0 }
    /// The greatest lag of its event loop at the 99th percentile.
    var peakLoopLagMicros: Int64? { peak(\.peakLoopLagMicros) }

    private func peak<Value: Comparable>(_ value: (WorkerStage) -> Value) -> Value? {
        holds.map { value($0.figures) }.max()
    }

    /// The workers of a run by name.
    ///
    /// - Parameters:
    ///   - ledger: the run's.
    ///   - workers: what is known of when they were there.
    ///   - actions: the actions of all of them.
    /// - Returns: a row for each worker.
    static func rows(of ledger: RunLedger, _ workers: [WorkerCompleteness], actions: Int64) -> [WorkerRow] {
        let presences = Dictionary(workers.map { ($0.worker, $0.presences) }, uniquingKeysWith: { first, _ in first })
        return ledger.sortedWorkers.map { worker in
            WorkerRow(
                facts: worker.facts,
                peakAgents: worker.peakAssigned,
                actions: worker.actions,
                actionsShare: actions > 0 ? Double(worker.actions) / Double(actions) : nil,
                completedSessions: worker.completedSessions,
                presences: presences[worker.facts.id] ?? [],
                holds: worker.stages.sorted { $0.key < $1.key }.map {
                    Hold(stage: ledger.stages[$0.key].stage.name, figures: $0.value)
                }
            )
        }
    }
}
