import ApeCore
import ApeMetrics

/// A run's timeline while it goes on: its windows are added in any order as they are stored, and its points can be had at
/// any time.
///
/// It stays small however long the run is: where there are too many points, or these hold too much, each comes to stand
/// for twice as many seconds. At every width its points are those that ``TimelineBuilder`` makes of the same windows.
package struct LiveTimeline: Sendable {
    /// Points that are kept, beside one for each phase of a stage.
    package static let maximumPoints = 600
    /// Buckets that all points have together: some 10 MB. The longer a point, the more of its samples differ in length.
    static let maximumBuckets = 500_000
    /// Ramp, hold and drain: points of unlike phases stay apart.
    private static let phases = 3
    /// No wider points are made.
    private static let maximumPointSeconds: Int64 = 1 << 20

    private var timeline = GrowingTimeline(pointSeconds: 1)

    package init() {}

    /// The seconds that one point stands for at most.
    package var pointSeconds: Int { Int(timeline.pointSeconds) }

    /// The buckets that its points hold, which is nearly all that it weighs.
    var bucketCount: Int { timeline.bucketCount }

    /// All points so far, by time and stage.
    package var points: [TimelinePoint] { timeline.finished }

    /// Takes the stages that have begun; to be told whenever one does, before its windows come.
    package mutating func follow(_ ledger: RunLedger) {
        timeline.follow(ledger)
    }

    /// Adds a window that is stored; each comes once.
    package mutating func add(worker: String, window: Window) {
        timeline.add(worker: worker, window: window)
        let least = Self.phases * timeline.stageCount
        let limit = Self.maximumPoints + least
        while timeline.pointCount > limit || timeline.bucketCount > Self.maximumBuckets && timeline.pointCount > least,
            timeline.pointSeconds < Self.maximumPointSeconds
        {
            timeline.widen()
        }
    }
}
