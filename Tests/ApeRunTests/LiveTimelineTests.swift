import ApeCore
import ApeFleet
import ApeMetrics
import ApeTestKit
import Testing

@testable import ApeRun

@Suite struct LiveTimelineTests {
    /// Three stages by three workers, the last of whom lost some seconds and was late with others, in the order of starts.
    private func windows(_ fixture: LedgerFixture, holdSeconds: Int) -> [StoredWindow] {
        var windows: [StoredWindow] = []
        for stage in 0..<3 {
            for second in -2..<holdSeconds {
                for (place, worker) in ["a", "b", "c"].enumerated() where place < 2 || second % 7 != 3 {
                    var window = fixture.window(stage: stage, second: second, active: place + second % 3 + 2)
                    LedgerFixture.healthy(&window, gap: 300_000 + Int64(second * 911 + place * 7_919 + 2_000))
                    window.host.cpuPercent = Double((second + 2) * 13 % 97)
                    window.counters[.actions(.serverError)] = Int64(second % 4 == 0 ? 1 : 0)
                    // A worker that was too late to cut one window cuts a long one.
                    if place == 2, second % 7 == 2, second + 2 <= holdSeconds { window.endMicros += 1_000_000 }
                    if place == 2, second % 11 == 5 { window.isLate = true }
                    let received = FleetTime(micros: window.endMicros)
                    windows.append(StoredWindow(worker: worker, window: window, received: received))
                }
            }
        }
        return windows.sorted { ($0.window.startMicros, $0.worker) < ($1.window.startMicros, $1.worker) }
    }

    private func built(_ fixture: LedgerFixture, _ windows: [StoredWindow], _ pointSeconds: Int) -> [TimelinePoint] {
        var builder = TimelineBuilder(fixture.ledger, pointSeconds: pointSeconds)
        return windows.flatMap { builder.add(worker: $0.worker, window: $0.window) } + builder.finish()
    }

    /// One worker after the other, as after a reconnect: each in its own order.
    private func live(_ fixture: LedgerFixture, _ windows: [StoredWindow]) -> LiveTimeline {
        var live = LiveTimeline()
        live.follow(fixture.ledger)
        for worker in ["c", "a", "b"] {
            for stored in windows where stored.worker == worker { live.add(worker: worker, window: stored.window) }
        }
        return live
    }

    @Test(arguments: [(20, 1), (300, 2), (2_000, 16)])
    func itsPointsAreThoseOfTheStoredWindows(holdSeconds: Int, pointSeconds: Int) {
        let fixture = LedgerFixture(agents: [10, 20, 30], holdSeconds: holdSeconds, workers: ["a", "b", "c"])
        let windows = windows(fixture, holdSeconds: holdSeconds)
        let live = live(fixture, windows)
        #expect(live.pointSeconds == pointSeconds)
        #expect(live.points.count <= LiveTimeline.maximumPoints + 9)
        let built = built(fixture, windows, pointSeconds)
        #expect(live.points == built)
        #expect(built.contains { $0.workers == 3 } && built.contains { $0.counts.actions5xx > 0 })
    }

    @Test func aWeekHasNoMorePointsThanAnHour() {
        let fixture = LedgerFixture(agents: [10], holdSeconds: 604_800, workers: ["a"])
        var live = LiveTimeline()
        live.follow(fixture.ledger)
        var most = 0
        for second in stride(from: 0, to: 604_800, by: 60) {
            live.add(worker: "a", window: fixture.window(stage: 0, second: second))
            most = max(most, live.points.count)
        }
        #expect(most == LiveTimeline.maximumPoints + 3)
        #expect(live.pointSeconds == 1_024)
    }

    /// Gaps of every length, so that each point that grows holds more of them.
    @Test func whatItHoldsStaysWithinItsBoundHoweverLongTheRunIs() throws {
        let fixture = LedgerFixture(agents: [10], holdSeconds: 20_000, workers: ["a"])
        var live = LiveTimeline()
        live.follow(fixture.ledger)
        var random = SeededRandom(seed: 3)
        var (most, held) = (0, 0)
        for second in 0..<6_000 {
            var window = fixture.window(stage: 0, second: second)
            var gaps = Histogram()
            for _ in 0..<400 { gaps.record(Int64(random.next() % 10_000_000)) }
            window.series[.gap] = gaps
            live.add(worker: "a", window: window)
            most = max(most, live.bucketCount)
            held += 400
        }
        #expect(most <= LiveTimeline.maximumBuckets)
        #expect(most > LiveTimeline.maximumBuckets / 2)
        #expect(live.points.reduce(0) { $0 + $1.gap.count } == held)
        #expect(live.points.count > 50)
    }

    @Test func aPlanOfManyStagesEndsWithAPointForEachPhase() {
        let stages = [Int](repeating: 5, count: 900)
        let fixture = LedgerFixture(agents: stages, holdSeconds: 4, workers: ["a"])
        var live = LiveTimeline()
        live.follow(fixture.ledger)
        for stage in stages.indices {
            for second in -2..<4 { live.add(worker: "a", window: fixture.window(stage: stage, second: second)) }
        }
        #expect(live.pointSeconds == 2)
        #expect(live.points.count == 900 * 3)
    }

    @Test func aStageThatIsStartedOverBeginsAnew() throws {
        var fixture = LedgerFixture(agents: [10], holdSeconds: 10, workers: ["a"])
        var live = LiveTimeline()
        live.follow(fixture.ledger)
        for second in -2..<5 { live.add(worker: "a", window: fixture.window(stage: 0, second: second)) }
        #expect(live.points.count == 7)
        var again = fixture.timeline(0)
        again.start = again.start + Micros(60_000_000)
        fixture.ledger.stageStarted(again)
        live.follow(fixture.ledger)
        #expect(live.points == [])
        // What comes late of the first attempt is in no picture.
        live.add(worker: "a", window: fixture.window(stage: 0, second: 5))
        #expect(live.points == [])
        var window = fixture.window(stage: 0, second: 0)
        window.startMicros += 60_000_000
        window.endMicros += 60_000_000
        live.add(worker: "a", window: window)
        let point = try #require(live.points.first)
        #expect(live.points.count == 1 && point.activeAgents == 5 && point.phase == .hold)
    }
}
