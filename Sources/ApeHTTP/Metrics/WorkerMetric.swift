import ApeMetrics

/// A gauge of each worker, and where its value comes from.
struct WorkerMetric: Sendable {
    let family: MetricFamily
    /// nil for a worker that measures nothing now.
    let value: @Sendable (WorkerGauges) -> Double?

    private init(_ name: String, _ help: String, _ value: @escaping @Sendable (WorkerGauges) -> Double?) {
        family = MetricFamily(name, .gauge, help, labels: ["worker"])
        self.value = value
    }

    /// In the order of a page.
    static let all: [WorkerMetric] = [
        WorkerMetric("ape_worker_connected", "1 for a worker with a connection to its coordinator, 0 for one without.")
        { $0.isConnected ? 1 : 0 },
        WorkerMetric("ape_worker_agents", "Agents at work on a worker.") { $0.moment.map { Double($0.active) } },
        WorkerMetric("ape_worker_assigned_agents", "Agents that a worker was told to run.") {
            $0.moment.map { Double($0.assigned) }
        },
        WorkerMetric("ape_worker_host_cpu_ratio", "CPU in use on a worker's host or cgroup, of all it has.") {
            $0.moment.map { $0.host.cpuPercent / 100 }
        },
        WorkerMetric("ape_worker_host_memory_ratio", "Memory in use on a worker's host or cgroup, of all it has.") {
            $0.moment.map { $0.host.memoryPercent / 100 }
        },
        WorkerMetric("ape_worker_process_cpu_ratio", "CPU that a worker's process uses, of all that it may use.") {
            $0.moment.map { $0.host.processCPUPercent / 100 }
        },
        WorkerMetric("ape_worker_process_memory_bytes", "Resident memory of a worker's process.") {
            $0.moment.map { Double($0.host.processMemoryBytes) }
        },
        WorkerMetric(
            "ape_worker_loop_lag_seconds",
            "How late a worker's event loops are at the 99th percentile of a second."
        ) { $0.moment.map { Double($0.host.loopLagP99Micros) / 1_000_000 } },
    ]
}
