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

    private var timeline: GrowingTimeline

    /// - Parameters:
    ///   - ledger: the run's, for when its stages ran.
    ///   - pointSeconds: the seconds that one point stands for at most.
    package init(_ ledger: RunLedger, pointSeconds: Int = 1) {
        timeline = GrowingTimeline(pointSeconds: Int64(max(1, pointSeconds)))
        timeline.follow(ledger)
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
        guard let second = timeline.second(of: window) else { return [] }
        let whole = second >= timeline.nextEnd ? timeline.close(before: second) : []
        timeline.add(worker: worker, window: window)
        return whole
    }

    /// Ends the timeline.
    ///
    /// - Returns: the last points.
    package mutating func finish() -> [TimelinePoint] {
        timeline.close(before: .max)
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
}
