import ApeCore
import ApeMetrics

/// A worker that was itself the bottleneck in a stage's hold, or whose own delay is a large part of what it measured.
package struct Saturation: Sendable, Equatable {
    /// The worker's identity.
    package var worker: String
    package var workerName: String
    package var stage: Int
    package var holdWindows: Int
    /// Windows with a loop lag of more than 50 ms at the 99th percentile.
    package var laggingWindows: Int
    /// Windows in which the worker's process used at least 95 % of its CPU.
    package var cpuBoundWindows: Int
    /// Whether that were too many of them.
    package var isCPUBound: Bool
    /// How late its event loops were in the mean.
    package var meanLoopLagMicros: Double
    package var peakLoopLagMicros: Int64
    package var peakProcessCPUPercent: Double
    /// What its own delay is of the mean gap or the mean first token, the greater one, 0 to 1; nil where there is neither.
    package var generatorShare: Double?
}

extension RunLedger {
    /// The workers that were at their CPU limit in more than 10 % of a hold's windows, or whose delay is more than 5 % of
    /// the hold's means, by stage and name.
    package func saturations(ofStages indices: [Int]) -> [Saturation] {
        let workers = sortedWorkers
        return indices.flatMap { index -> [Saturation] in
            let hold = stages[index].hold
            return workers.compactMap { worker -> Saturation? in
                guard let stage = worker.stages[index], stage.holdWindows > 0 else { return nil }
                let share = GeneratorDelay(hold, lag: stage.lag).share(of: hold)
                guard stage.isCPUBound || share ?? 0 > GeneratorDelay.shareLimit else { return nil }
                return Saturation(
                    worker: worker.facts.id,
                    workerName: worker.facts.name,
                    stage: index,
                    holdWindows: stage.holdWindows,
                    laggingWindows: stage.laggingWindows,
                    cpuBoundWindows: stage.cpuBoundWindows,
                    isCPUBound: stage.isCPUBound,
                    meanLoopLagMicros: stage.lag.meanMicros,
                    peakLoopLagMicros: stage.peakLoopLagMicros,
                    peakProcessCPUPercent: stage.peakProcessCPUPercent,
                    generatorShare: share
                )
            }
        }
    }

    /// How late all workers' event loops were in a stage's hold.
    func loopLag(ofStage index: Int) -> LoopLag {
        workers.values.reduce(into: LoopLag()) { total, worker in
            if let stage = worker.stages[index] { total.add(stage.lag) }
        }
    }
}

extension Saturation {
    /// What was the bottleneck, for a verdict's details.
    package var sentence: String {
        isCPUBound
            ? "worker \(workerName): process at its CPU limit in \(cpuBoundWindows) of \(holdWindows) windows"
            : "worker \(workerName): its own delay is \(FigureText.percent(generatorShare ?? 0)) of what it measured"
    }
}
