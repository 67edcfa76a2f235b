import ApeCore
import ApeFleet
import ApeMetrics

/// Makes a run's timeline out of its windows, one after the other.
///
/// It is fed in the order of the windows' starts and gives each point away as soon as nothing can be added to it, so
/// that it holds a few seconds of the fleet at a time however long the run is.
package struct TimelineBuilder: Sendable {
    /// The points that a picture of a whole run needs at most, give or take one for each phase of a stage.
    static let picturePoints = 1_200
    /// Longer windows are taken for so long.
    static let maximumWindowSeconds: Int64 = 600
    /// A stage's windows are taken for so long after its hold.
    static let drainSeconds: Int64 = 120

    private struct Key: Hashable, Sendable {
        var first: Int64
        var stage: Int
    }

    fileprivate struct Open: Sendable {
        var point: TimelinePoint
        var gap = Histogram()
        var ttft = Histogram()
        /// Assigned and active agents and reporting workers of each second.
        var fleet: [Int64: (assigned: Int, active: Int, workers: Int)] = [:]
    }

    private let stages: [Int: (timeline: StageTimeline, agents: Int)]
    private let pointSeconds: Int64
    private var open: [Key: Open] = [:]
    /// The first second that a worker has not reported yet.
    private var reported: [String: Int64] = [:]
    /// No open point ends before this.
    private var nextEnd = Int64.max

    /// - Parameters:
    ///   - ledger: the run's, for when its stages ran.
    ///   - pointSeconds: the seconds that one point stands for at most.
    package init(_ ledger: RunLedger, pointSeconds: Int = 1) {
        var stages: [Int: (timeline: StageTimeline, agents: Int)] = [:]
        for (index, stage) in ledger.stages.enumerated() {
            if let timeline = stage.timeline { stages[index] = (timeline, stage.stage.agents) }
        }
        self.stages = stages
        self.pointSeconds = Int64(max(1, pointSeconds))
    }

    /// The seconds that one point must stand for, so that a picture of the run has ``picturePoints`` at most.
    package static func pointSeconds(forPictureOf ledger: RunLedger) -> Int {
        let timelines = ledger.stages.compactMap(\.timeline)
        let total = timelines.reduce(0) { $0 + $1.seconds.count }
        return max(1, (total + picturePoints - 1) / picturePoints)
    }

    /// Adds a window that starts no earlier than the ones before.
    ///
    /// - Returns: the points that are whole now, by time and stage.
    package mutating func add(worker: String, window: Window) -> [TimelinePoint] {
        guard let (timeline, _) = stages[window.stage] else { return [] }
        let second = max(0, window.startMicros) / 1_000_000
        let span = timeline.seconds.lowerBound - 1..<timeline.seconds.upperBound + Self.drainSeconds
        guard span.contains(second) else { return [] }
        let whole = second >= nextEnd ? close(before: second) : []
        let covered = WholeSeconds.covered(by: window)
            .clamped(to: second..<min(span.upperBound, second + Self.maximumWindowSeconds))
        withPoint(stage: window.stage, second: second) { $0.add(window) }
        guard !window.isLate else { return whole }
        for fresh in covered.clamped(to: (reported[worker] ?? 0)..<Int64.max) {
            withPoint(stage: window.stage, second: fresh) { $0.add(window, second: fresh) }
        }
        reported[worker] = max(reported[worker] ?? 0, covered.upperBound)
        return whole
    }

    /// Ends the timeline.
    ///
    /// - Returns: the last points.
    package mutating func finish() -> [TimelinePoint] {
        close(before: .max)
    }

    /// The timelines of a run, made by reading its windows once.
    ///
    /// - Parameters:
    ///   - builders: one for each timeline that is wanted.
    ///   - windows: the run's, in the order of their starts; not read where no timeline is wanted.
    /// - Returns: the points of each, by time and stage.
    /// - Throws: what `windows` throws.
    package static func timelines(
        _ builders: [TimelineBuilder],
        of windows: some AsyncSequence<StoredWindow, any Error> & Sendable
    ) async throws -> [[TimelinePoint]] {
        var builders = builders
        guard !builders.isEmpty else { return [] }
        var points: [[TimelinePoint]] = builders.map { _ in [] }
        for try await stored in windows {
            for index in builders.indices {
                points[index] += builders[index].add(worker: stored.worker, window: stored.window)
            }
        }
        for index in builders.indices { points[index] += builders[index].finish() }
        return points
    }

    private mutating func close(before second: Int64) -> [TimelinePoint] {
        let ended = open.filter { $0.value.point.seconds.upperBound <= second }
        for key in ended.keys { open[key] = nil }
        nextEnd = open.values.map(\.point.seconds.upperBound).min() ?? .max
        return ended.sorted { ($0.key.first, $0.key.stage) < ($1.key.first, $1.key.stage) }.map(\.value.finished)
    }

    private mutating func withPoint(stage: Int, second: Int64, _ body: (inout Open) -> Void) {
        guard let (timeline, agents) = stages[stage] else { return }
        let (phase, range) = Self.part(of: timeline, second: second)
        let first = range.lowerBound + (second - range.lowerBound) / pointSeconds * pointSeconds
        let seconds = first..<min(first + pointSeconds, max(range.upperBound, first + 1))
        let fresh = Open(point: TimelinePoint(seconds: seconds, stage: stage, phase: phase, targetAgents: agents))
        body(&open[Key(first: first, stage: stage), default: fresh])
        nextEnd = min(nextEnd, seconds.upperBound)
    }

    /// The phase that a second belongs to by the plan, and that phase's seconds.
    private static func part(of timeline: StageTimeline, second: Int64) -> (Window.Phase, Range<Int64>) {
        let hold = timeline.holdSeconds
        if second < hold.lowerBound {
            return (.ramp, min(second, timeline.seconds.lowerBound)..<hold.lowerBound)
        }
        return second < hold.upperBound ? (.hold, hold) : (.drain, hold.upperBound..<hold.upperBound + drainSeconds)
    }
}

extension TimelineBuilder.Open {
    fileprivate mutating func add(_ window: Window) {
        if let samples = window.series[.gap] { gap.merge(samples) }
        if let samples = window.series[.ttft] { ttft.merge(samples) }
        point.counts.add(window.counters)
        let host = window.host
        point.host.cpuPercent = max(point.host.cpuPercent, host.cpuPercent)
        point.host.memoryPercent = max(point.host.memoryPercent, host.memoryPercent)
        point.host.processCPUPercent = max(point.host.processCPUPercent, host.processCPUPercent)
        point.host.processMemoryBytes = max(point.host.processMemoryBytes, host.processMemoryBytes)
        point.host.loopLagP99Micros = max(point.host.loopLagP99Micros, host.loopLagP99Micros)
    }

    fileprivate mutating func add(_ window: Window, second: Int64) {
        var sum = fleet[second] ?? (0, 0, 0)
        sum.assigned += max(0, window.assigned)
        sum.active += max(0, window.active)
        sum.workers += 1
        fleet[second] = sum
    }

    fileprivate var finished: TimelinePoint {
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
