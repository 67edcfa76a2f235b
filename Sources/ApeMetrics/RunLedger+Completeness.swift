/// How much of what workers owed for a hold was received.
package struct Completeness: Sendable, Equatable {
    /// More than this share missing makes the hold's verdicts inconclusive.
    package static let missingShareLimit = 0.01

    package var expectedSeconds: Int64 = 0
    package var receivedSeconds: Int64 = 0
    /// What is missing, by worker.
    package var missing: [Missing] = []

    /// Seconds that one worker owed and did not deliver.
    package struct Missing: Sendable, Equatable {
        /// The worker's identity; nil for seconds in which the fleet had no worker at all.
        package var worker: String?
        package var stage: Int
        /// Seconds since 1970 in fleet time.
        package var seconds: Range<Int64>

        package init(worker: String?, stage: Int, seconds: Range<Int64>) {
            self.worker = worker
            self.stage = stage
            self.seconds = seconds
        }
    }

    package init() {}

    package var missingSeconds: Int64 { expectedSeconds - receivedSeconds }

    package var missingShare: Double {
        expectedSeconds > 0 ? Double(missingSeconds) / Double(expectedSeconds) : 0
    }

    package var isSufficient: Bool { missingShare <= Self.missingShareLimit }

    mutating func add(_ other: Completeness) {
        expectedSeconds += other.expectedSeconds
        receivedSeconds += other.receivedSeconds
        missing += other.missing
    }
}

extension RunLedger {
    /// The completeness of a stage's hold over all workers. A second in which no worker was there counts as one that
    /// is owed and missing.
    package func completeness(ofStage index: Int) -> Completeness {
        var total = Completeness()
        var covered = SecondSet(stages[index].heldSeconds)
        for worker in sortedWorkers {
            total.add(completeness(of: worker, stage: index, covered: &covered))
        }
        let all = SecondSet(full: covered.range)
        let bare = all.ranges(missingFrom: covered)
        total.expectedSeconds += bare.reduce(0) { $0 + Int64($1.count) }
        total.missing += bare.map { Completeness.Missing(worker: nil, stage: index, seconds: $0) }
        return total
    }

    /// The completeness of one worker over all holds.
    package func completeness(ofWorker id: String) -> Completeness {
        guard let worker = workers[id] else { return Completeness() }
        return stages.indices.reduce(into: Completeness()) {
            var covered = SecondSet(stages[$1].heldSeconds)
            $0.add(completeness(of: worker, stage: $1, covered: &covered))
        }
    }

    /// The completeness of all holds.
    package var completeness: Completeness {
        stages.indices.reduce(into: Completeness()) { $0.add(completeness(ofStage: $1)) }
    }

    private func completeness(of worker: WorkerLedger, stage: Int, covered: inout SecondSet) -> Completeness {
        let held = stages[stage].heldSeconds
        var owed = SecondSet(held)
        for presence in worker.presences {
            let present = WholeSeconds.inside(presence.fromMicros, presence.toMicros ?? .max)
            for second in present.clamped(to: held) {
                owed.insert(second)
                covered.insert(second)
            }
        }
        let received = worker.stages[stage]?.received ?? SecondSet(held)
        let ranges = owed.ranges(missingFrom: received)
        var result = Completeness()
        result.expectedSeconds = Int64(owed.count)
        result.receivedSeconds = result.expectedSeconds - ranges.reduce(0) { $0 + Int64($1.count) }
        result.missing = ranges.map { Completeness.Missing(worker: worker.facts.id, stage: stage, seconds: $0) }
        return result
    }
}
