import Testing

@testable import ApeWorker

struct StartScheduleTests {
    private let schedule = StartSchedule(rampMicros: 1_000_000..<11_000_000, fleetAgents: 100)

    @Test func spreadsTheFleetOverTheRamp() {
        #expect(schedule.start(of: 0, index: 0, of: 50, nowMicros: 0) == 1_000_000)
        #expect(schedule.start(of: 50, index: 0, of: 50, nowMicros: 0) == 6_000_000)
        #expect(schedule.start(of: 99, index: 49, of: 50, nowMicros: 0) == 10_900_000)
    }

    @Test func startsLateComersSoonButNotAtOnce() {
        let now: Int64 = 20_000_000
        let starts = (0..<10).map { schedule.start(of: 90 + $0, index: $0, of: 10, nowMicros: now) }
        #expect(starts.first == now)
        #expect(starts == starts.sorted() && Set(starts).count == 10)
        #expect(starts.allSatisfy { $0 < now + StartSchedule.lateSpreadMicros })
    }

    @Test func anAgentBeyondTheFleetStartsWithTheLast() {
        let long = StartSchedule(rampMicros: 0..<1 << 53, fleetAgents: 1)
        #expect(long.start(of: 9_999_999, index: 0, of: 1, nowMicros: 0) == 1 << 53)
        #expect(schedule.start(of: 100, index: 0, of: 1, nowMicros: 0) == 11_000_000)
    }

    @Test func survivesAStageWithoutRampOrAgents() {
        let bare = StartSchedule(rampMicros: 5..<5, fleetAgents: 0)
        #expect(bare.start(of: 3, index: 0, of: 0, nowMicros: 5) == 5)
        #expect(bare.start(of: 3, index: 0, of: 1, nowMicros: 0) == 5)
    }
}
