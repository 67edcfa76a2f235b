import ApeMetrics

/// Workers of one name, as gauges show them: a worker that was started anew goes on under its name.
package struct WorkerGauges: Sendable {
    /// Distinct names that a page shows; workers of further ones are added up under ``otherName``.
    package static let maximumNames = 200
    package static let otherName = "other"

    package var name: String
    package var isConnected: Bool
    /// nil for a worker that measures nothing now.
    package var moment: WorkerMoment?

    package init(name: String, isConnected: Bool, moment: WorkerMoment?) {
        self.name = name
        self.isConnected = isConnected
        self.moment = moment
    }

    /// Takes another worker of the name in: agents add up, and the host is that of the worse one.
    package mutating func merge(_ other: WorkerGauges) {
        isConnected = isConnected || other.isConnected
        guard let more = other.moment else { return }
        guard var merged = moment else { return moment = more }
        merged.assigned += more.assigned
        merged.active += more.active
        merged.host.cpuPercent = max(merged.host.cpuPercent, more.host.cpuPercent)
        merged.host.memoryPercent = max(merged.host.memoryPercent, more.host.memoryPercent)
        merged.host.processCPUPercent = max(merged.host.processCPUPercent, more.host.processCPUPercent)
        merged.host.processMemoryBytes = max(merged.host.processMemoryBytes, more.host.processMemoryBytes)
        merged.host.loopLagP99Micros = max(merged.host.loopLagP99Micros, more.host.loopLagP99Micros)
        moment = merged
    }
}

extension MetricSink {
    /// Workers, each with a name of its own.
    package mutating func add(_ workers: [WorkerGauges]) {
        for metric in WorkerMetric.all {
            for worker in workers {
                if let value = metric.value(worker) { add(metric.family, at: [worker.name], number: value) }
            }
        }
    }
}
