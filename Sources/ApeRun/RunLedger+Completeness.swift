import ApeCore
import ApeFleet
import ApeMetrics

extension RunLedger {
    /// How much has come in, by worker in the order of joining.
    package var workerCompleteness: [WorkerCompleteness] {
        books.completeness(atMicros: stages.compactMap(\.timeline?.end.micros).max() ?? 0)
    }

    /// The completeness of a stage's hold over all workers. A second in which no worker was there counts as one that
    /// is owed and missing.
    package func completeness(ofStage index: Int) -> Completeness {
        let hold = stages[index].heldSeconds
        let workers = workerCompleteness
        var total = weigh(workers, in: parts.filter { $0.stage == index && $0.phase == .hold })
        let bare = bare(of: hold, workers)
        total.expectedSeconds += bare.count
        total.missing += bare.ranges.map { .init(worker: nil, stage: index, phase: .hold, seconds: $0) }
        return total
    }

    /// The completeness of the whole run: every second that a worker owed, and every second of a hold in which the
    /// fleet had no worker.
    package var completeness: Completeness {
        let workers = workerCompleteness
        var total = weigh(workers, in: parts)
        for index in stages.indices {
            let bare = bare(of: stages[index].heldSeconds, workers)
            total.expectedSeconds += bare.count
            total.missing += bare.ranges.map { .init(worker: nil, stage: index, phase: .hold, seconds: $0) }
        }
        return total
    }

    /// The seconds of a hold in which nobody owed anything.
    private func bare(of hold: Range<Int64>, _ workers: [WorkerCompleteness]) -> SecondRanges {
        let owed = workers.reduce(into: SecondRanges()) { owed, worker in
            owed.formUnion(worker.expected.clamped(to: hold))
        }
        return SecondRanges(hold).subtracting(owed)
    }

    private func weigh(_ workers: [WorkerCompleteness], in parts: [Part]) -> Completeness {
        var total = Completeness()
        for worker in workers {
            for part in parts {
                total.expectedSeconds += worker.expected.clamped(to: part.seconds).count
                total.missing += worker.missing.clamped(to: part.seconds).ranges.map {
                    .init(worker: worker.worker, stage: part.stage, phase: part.phase, seconds: $0)
                }
            }
        }
        return total
    }

    /// A stretch of the run by what it was for.
    private struct Part {
        var stage: Int
        var phase: Window.Phase
        var seconds: Range<Int64>
    }

    /// The whole of time, cut at the stages' and their holds' bounds.
    private var parts: [Part] {
        let started = stages.indices.filter { stages[$0].timeline != nil }
        let starts = started.map { stages[$0].timeline?.seconds.lowerBound ?? 0 }
        return started.indices.flatMap { place -> [Part] in
            let stage = started[place]
            let hold = stages[stage].heldSeconds
            let from = place == 0 ? 0 : min(starts[place], hold.lowerBound)
            let to = place + 1 < starts.count ? max(starts[place + 1], hold.upperBound) : .max
            return [
                Part(stage: stage, phase: .ramp, seconds: from..<hold.lowerBound),
                Part(stage: stage, phase: .hold, seconds: hold),
                Part(stage: stage, phase: .drain, seconds: hold.upperBound..<to),
            ]
        }
    }
}
