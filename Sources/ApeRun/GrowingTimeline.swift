import ApeCore
import ApeMetrics

/// The open points of a timeline, and the rule by which a window's second finds its point.
struct GrowingTimeline: Sendable {
    /// Longer windows are taken for so long.
    static let maximumWindowSeconds: Int64 = 600
    /// A stage's windows are taken for so long after its hold.
    static let drainSeconds: Int64 = 120

    private struct Key: Hashable, Sendable {
        var first: Int64
        var stage: Int
    }

    private var stages: [Int: (timeline: StageTimeline, agents: Int)] = [:]
    /// The seconds that one point stands for at most.
    private(set) var pointSeconds: Int64
    private var points: [Key: GrowingPoint] = [:]
    /// The buckets of all points.
    private(set) var bucketCount = 0
    /// The first second that a worker has not reported yet.
    private var reported: [String: Int64] = [:]
    /// No open point ends before this.
    private(set) var nextEnd = Int64.max

    init(pointSeconds: Int64) {
        self.pointSeconds = max(1, pointSeconds)
    }

    var stageCount: Int { stages.count }
    var pointCount: Int { points.count }

    /// Takes the stages that have begun. One that was started over begins anew: what it did before is nobody's point.
    mutating func follow(_ ledger: RunLedger) {
        for (index, stage) in ledger.stages.enumerated() {
            guard let timeline = stage.timeline, stages[index]?.timeline != timeline else { continue }
            if stages[index] != nil { set(points.filter { $0.key.stage != index }) }
            stages[index] = (timeline, stage.stage.agents)
        }
    }

    /// The second in which a window began; nil for a window of no stage that is known, and of no time of it.
    func second(of window: Window) -> Int64? {
        let second = max(0, window.startMicros) / 1_000_000
        return span(ofStage: window.stage)?.contains(second) == true ? second : nil
    }

    private func span(ofStage index: Int) -> Range<Int64>? {
        stages[index].map { stage in
            let seconds = stage.timeline.seconds
            return seconds.lowerBound - 1..<seconds.upperBound + Self.drainSeconds
        }
    }

    /// Adds a window.
    mutating func add(worker: String, window: Window) {
        guard let second = second(of: window), let span = span(ofStage: window.stage) else { return }
        let covered = WholeSeconds.covered(by: window)
            .clamped(to: second..<min(span.upperBound, second + Self.maximumWindowSeconds))
        withPoint(stage: window.stage, second: second) { $0.add(window) }
        guard !window.isLate else { return }
        for fresh in covered.clamped(to: (reported[worker] ?? 0)..<Int64.max) {
            withPoint(stage: window.stage, second: fresh) { $0.add(window, second: fresh) }
        }
        reported[worker] = max(reported[worker] ?? 0, covered.upperBound)
    }

    /// Takes away the points that end by a second, by time and stage.
    mutating func close(before second: Int64) -> [TimelinePoint] {
        let ended = points.filter { $0.value.point.seconds.upperBound <= second }
        set(points.filter { $0.value.point.seconds.upperBound > second })
        return Self.finished(ended)
    }

    /// All points as they are, by time and stage.
    var finished: [TimelinePoint] { Self.finished(points) }

    private static func finished(_ points: [Key: GrowingPoint]) -> [TimelinePoint] {
        points.sorted { ($0.key.first, $0.key.stage) < ($1.key.first, $1.key.stage) }.map(\.value.finished)
    }

    /// Makes every point stand for twice as many seconds.
    mutating func widen() {
        pointSeconds *= 2
        var wide: [Key: GrowingPoint] = [:]
        // Each goes as it is taken over, so that never all of them are there twice.
        for key in Array(points.keys) {
            guard let point = points.removeValue(forKey: key) else { continue }
            guard let place = place(stage: key.stage, second: key.first) else { continue }
            wide[place.key, default: place.fresh].merge(point)
        }
        set(wide)
    }

    private mutating func set(_ points: [Key: GrowingPoint]) {
        self.points = points
        bucketCount = points.values.reduce(0) { $0 + $1.bucketCount }
        nextEnd = points.values.map(\.point.seconds.upperBound).min() ?? .max
    }

    private mutating func withPoint(stage: Int, second: Int64, _ body: (inout GrowingPoint) -> Void) {
        guard let place = place(stage: stage, second: second) else { return }
        bucketCount -= points[place.key]?.bucketCount ?? 0
        body(&points[place.key, default: place.fresh])
        bucketCount += points[place.key]?.bucketCount ?? 0
        nextEnd = min(nextEnd, place.fresh.point.seconds.upperBound)
    }

    private func place(stage: Int, second: Int64) -> (key: Key, fresh: GrowingPoint)? {
        guard let (timeline, agents) = stages[stage] else { return nil }
        let (phase, range) = Self.part(of: timeline, second: second)
        let first = range.lowerBound + (second - range.lowerBound) / pointSeconds * pointSeconds
        let seconds = first..<min(first + pointSeconds, max(range.upperBound, first + 1))
        let fresh = GrowingPoint(seconds: seconds, stage: stage, phase: phase, targetAgents: agents)
        return (Key(first: first, stage: stage), fresh)
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
