import ApeMetrics

/// How late event loops were in the mean, each window weighing as much as the agents that it had.
struct LoopLag: Sendable, Equatable {
    private var weighted = 0.0
    private var weights = 0.0

    mutating func add(_ window: Window) {
        let weight = Double(max(0, window.assigned))
        weighted += weight * Double(max(0, window.host.loopLagMeanMicros))
        weights += weight
    }

    mutating func add(_ other: LoopLag) {
        weighted += other.weighted
        weights += other.weights
    }

    /// In microseconds; 0 without windows.
    var meanMicros: Double { weights > 0 ? weighted / weights : 0 }
}
