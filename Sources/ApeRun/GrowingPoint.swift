import ApeCore
import ApeMetrics

/// A point of a timeline that windows are still added to. What it holds are sums, extremes and all samples, so that two
/// neighbours make exactly the point that their windows would have made.
struct GrowingPoint: Sendable {
    private(set) var point: TimelinePoint
    private var gap = Histogram()
    private var ttft = Histogram()
    /// Assigned and active agents and reporting workers of each second.
    private var fleet: [Int64: (assigned: Int, active: Int, workers: Int)] = [:]

    init(seconds: Range<Int64>, stage: Int, phase: Window.Phase, targetAgents: Int) {
        point = TimelinePoint(seconds: seconds, stage: stage, phase: phase, targetAgents: targetAgents)
    }

    /// How many buckets its samples take: what it weighs.
    var bucketCount: Int { gap.buckets.count + ttft.buckets.count }

    /// Adds what a window measured.
    mutating func add(_ window: Window) {
        if let samples = window.series[.gap] { gap.merge(samples) }
        if let samples = window.series[.ttft] { ttft.merge(samples) }
        point.counts.add(window.counters)
        point.host.raise(to: window.host)
    }

    /// Adds a worker's agents of a second that it had not reported before.
    mutating func add(_ window: Window, second: Int64) {
        add(assigned: max(0, window.assigned), active: max(0, window.active), workers: 1, second: second)
    }

    /// Adds all that another point holds; its seconds are among this one's.
    mutating func merge(_ other: GrowingPoint) {
        gap.merge(other.gap)
        ttft.merge(other.ttft)
        point.counts.merge(other.point.counts)
        point.host.raise(to: other.point.host)
        for (second, sum) in other.fleet {
            add(assigned: sum.assigned, active: sum.active, workers: sum.workers, second: second)
        }
    }

    private mutating func add(assigned: Int, active: Int, workers: Int, second: Int64) {
        var sum = fleet[second] ?? (0, 0, 0)
        sum.assigned += assigned
        sum.active += active
        sum.workers += workers
        fleet[second] = sum
    }

    /// The point, as it would be if nothing was added any more.
    var finished: TimelinePoint {
        var point = point
        let seconds = Double(max(1, point.seconds.count))
        point.assignedAgents = Double(fleet.values.reduce(0) { $0 + $1.assigned }) / seconds
        point.activeAgents = Double(fleet.values.reduce(0) { $0 + $1.active }) / seconds
        let isWhole = fleet.count == point.seconds.count
        point.leastActiveAgents = isWhole ? fleet.values.map(\.active).min() ?? 0 : 0
        point.workers = isWhole ? fleet.values.map(\.workers).min() ?? 0 : 0
        point.gap = SeriesSummary(gap)
        point.ttft = SeriesSummary(ttft)
        return point
    }
}

extension HostSample {
    /// Of each figure the worse one.
    fileprivate mutating func raise(to other: HostSample) {
        cpuPercent = max(cpuPercent, other.cpuPercent)
        memoryPercent = max(memoryPercent, other.memoryPercent)
        processCPUPercent = max(processCPUPercent, other.processCPUPercent)
        processMemoryBytes = max(processMemoryBytes, other.processMemoryBytes)
        loopLagP99Micros = max(loopLagP99Micros, other.loopLagP99Micros)
    }
}
