import ApeMetrics

/// What a worker says of itself alone, and what both programs show.
extension MetricFamily {
    package static let windowsMade = MetricFamily(
        "ape_worker_windows_total",
        .counter,
        "Windows that this worker has measured.",
        labels: ["worker"]
    )
    package static let windowsUnacknowledged = MetricFamily(
        "ape_worker_unacknowledged_windows",
        .gauge,
        "Windows that this worker keeps until the coordinator has them.",
        labels: ["worker"]
    )

    /// The gauges of each worker.
    package static let ofEachWorker = WorkerMetric.all.map(\.family)
    /// What agents did and met.
    package static let load = LoadMetric.all.map(\.family)

    /// All that a worker shows, in the order of its page.
    package static let ofWorker: [MetricFamily] = ofEachWorker + [windowsMade, windowsUnacknowledged] + load
}
