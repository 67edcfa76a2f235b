import ApeMetrics

/// A worker that was itself the bottleneck in a stage's hold.
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
    package var peakLoopLagMicros: Int64
    package var peakProcessCPUPercent: Double
}

extension RunLedger {
    /// The workers that were the bottleneck in more than 10 % of a hold's windows, by stage and name.
    package func saturations(ofStages indices: [Int]) -> [Saturation] {
        let workers = sortedWorkers
        return indices.flatMap { index in
            workers.compactMap { worker in
                guard let stage = worker.stages[index], stage.isLagging || stage.isCPUBound else { return nil }
                return Saturation(
                    worker: worker.facts.id,
                    workerName: worker.facts.name,
                    stage: index,
                    holdWindows: stage.holdWindows,
                    laggingWindows: stage.laggingWindows,
                    cpuBoundWindows: stage.cpuBoundWindows,
                    peakLoopLagMicros: stage.peakLoopLagMicros,
                    peakProcessCPUPercent: stage.peakProcessCPUPercent
                )
            }
        }
    }
}

extension Saturation {
    /// What was the bottleneck, for a verdict's details.
    package var sentence: String {
        laggingWindows >= cpuBoundWindows
            ? "worker \(workerName): event loop late by more than 50 ms in \(laggingWindows) of \(holdWindows) windows"
            : "worker \(workerName): process at its CPU limit in \(cpuBoundWindows) of \(holdWindows) windows"
    }
}
