import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

/// What is missing of a run's measurements, and what came between: they are worth as much as this says.
package struct CompletenessRow: Sendable, Equatable {
    package let run: Completeness
    /// By name.
    package let workers: [WorkerCompleteness]
    /// The missing seconds by whose they are, the most first.
    package let missing: [Missing]
    /// Fleet time in microseconds: when the coordinator was away.
    package let outages: [Range<Int64>]
    /// Fleet time in microseconds: when the run's database took nothing.
    package let storeStalls: [Range<Int64>]
    /// Fleet time in microseconds: when the run stood still because somebody wanted it to.
    package let pauses: [Range<Int64>]
    /// The names of the workers that sent more than is taken from one.
    package let excessive: [String]
    package let moves: Moves?

    /// Whose seconds are missing.
    package struct Missing: Sendable, Equatable {
        /// A worker's name.
        package let name: String
        package let seconds: Int
    }

    /// Agents that changed workers.
    package struct Moves: Sendable, Equatable {
        /// How many times some did.
        package let number: Int
        package let agents: Int
        /// Of the agents, those that no worker had room for.
        package let stranded: Int
        /// The longest time for which any of them stood still.
        let longestMicros: Int64
        /// The names of the workers that they were taken from.
        package let from: [String]
    }

    /// How long the coordinator was away in all.
    package var outageMicros: Int64 { outages.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }

    /// How long the run's database took nothing in all.
    package var stallMicros: Int64 { storeStalls.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }

    /// How long the run stood still in all because somebody wanted it to.
    package var pauseMicros: Int64 { pauses.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }

    init(_ ledger: RunLedger, _ workers: [WorkerCompleteness]) {
        func name(_ worker: String) -> String { ledger.workers[worker]?.facts.name ?? worker }
        let run = ledger.completeness
        self.run = run
        self.workers = workers.sorted { ($0.name, $0.worker) < ($1.name, $1.worker) }
        missing = Dictionary(grouping: run.missing, by: \.worker)
            .map { worker, missing in
                Missing(
                    name: worker.map(name) ?? "no worker there",
                    seconds: missing.reduce(0) { $0 + $1.seconds.count }
                )
            }
            .sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }
        outages = ledger.books.coordinatorOutages
        storeStalls = ledger.books.storeStalls
        pauses = ledger.books.pauses
        excessive = self.workers.filter { !$0.excesses.isEmpty }.map(\.name)
        let moves = ledger.books.reassignments.map(\.move)
        self.moves = moves.map(\.stoodStill.micros).max().map { longest in
            Moves(
                number: moves.count,
                agents: moves.reduce(0) { $0 + $1.agents },
                stranded: moves.reduce(0) { $0 + ($1.to.isEmpty ? $1.agents : 0) },
                longestMicros: longest,
                from: Set(moves.map(\.from)).map(name).sorted()
            )
        }
    }
}
