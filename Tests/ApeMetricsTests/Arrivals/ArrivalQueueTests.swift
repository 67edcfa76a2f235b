import ApeCore
import Testing

@testable import ApeMetrics

@Suite("The arrivals of a worker's numbers")
struct ArrivalQueueTests {
    private static let start = FleetTime(micros: 1_000_000_000)
    /// An arrival every quarter of a second, the first after an eighth, dealt out to four numbers.
    private static let schedule = schedule(stage: 0)

    private static func schedule(stage: Int) -> ArrivalSchedule {
        ArrivalSchedule(
            seed: 1,
            StageArrivals(Arrivals(perSecond: 4, pattern: .even), beforePerSecond: 0, agents: 4),
            StageTimeline(
                stage: stage,
                start: start + .seconds(Int64(stage) * 10),
                ramp: .zero,
                warmup: .zero,
                hold: .seconds(10)
            )
        )
    }

    private static func time(_ milliseconds: Int64) -> FleetTime { start + .milliseconds(milliseconds) }

    private static func queue(_ agents: [Int] = [0, 1, 2, 3], until: [Int: FleetTime] = [:]) -> ArrivalQueue {
        var queue = ArrivalQueue()
        _ = queue.apply(schedule, agents: agents, until: { until[$0] }, at: start)
        return queue
    }

    /// Begins all that has arrived by a moment; when, in milliseconds from the start.
    private static func begin(_ queue: inout ArrivalQueue, until end: Int64) -> [Int64] {
        var begun: [Int64] = []
        while let (ticket, arrival) = queue.take() {
            guard arrival.at < time(end) else {
                queue.giveBack(ticket)
                break
            }
            if queue.begin(ticket) { begun.append((arrival.at - start).micros / 1_000) }
        }
        return begun
    }

    @Test("Arrivals are taken in their order, whatever number they are of, and counted as they come due")
    func order() {
        var queue = Self.queue()
        #expect(Self.begin(&queue, until: 1_200) == [125, 375, 625, 875, 1_125])
        #expect(queue.takeDue(until: Self.time(1_000)) == 4)
        #expect(queue.takeDue(until: Self.time(2_000)) == 4)
        #expect(queue.takeDue(until: Self.time(2_000)) == 0)
        // What is late is first.
        #expect(queue.take()?.arrival.at == Self.time(1_375))
    }

    @Test("Numbers that go take with them what arrives from then on; what has arrived is begun here")
    func numbersMove() {
        var (old, new) = (Self.queue(), ArrivalQueue())
        #expect(Self.begin(&old, until: 500) == [125, 375])
        // An agent that waits for an arrival has to take another.
        let held = old.take()
        let until = old.apply(Self.schedule, agents: [0, 1], until: { _ in nil }, at: Self.time(1_000))
        #expect(until == Self.time(1_000))
        #expect(held.map { old.begin($0.ticket) } == false)
        _ = new.apply(Self.schedule, agents: [2, 3], until: { _ in until }, at: Self.time(1_300))
        #expect(Self.begin(&old, until: 3_000) == [625, 875, 1_125, 1_375, 2_125, 2_375])
        #expect(Self.begin(&new, until: 3_000) == [1_625, 1_875, 2_625, 2_875])
        #expect(old.takeDue(until: Self.time(3_000)) + new.takeDue(until: Self.time(3_000)) == 12)
    }

    @Test("What was begun a moment before orders come is never given to another")
    func begunAhead() {
        var queue = Self.queue()
        #expect(Self.begin(&queue, until: 1_200).last == 1_125)
        let until = queue.apply(Self.schedule, agents: [3], until: { _ in nil }, at: Self.time(1_100))
        #expect(until == Self.time(1_125) + Micros(1))
    }

    @Test("A worker that lets all of its numbers go passes on what it has not begun")
    func allGone() {
        var (old, new) = (Self.queue(), ArrivalQueue())
        #expect(Self.begin(&old, until: 500) == [125, 375])
        let until = old.apply(Self.schedule, agents: [], until: { _ in nil }, at: Self.time(1_000))
        #expect(until == Self.time(375) + Micros(1))
        _ = new.apply(Self.schedule, agents: [0, 1, 2, 3], until: { _ in until }, at: Self.time(1_300))
        #expect(Self.begin(&new, until: 1_300) == [625, 875, 1_125])
    }

    @Test("A worker that lets everything go for a while begins late what arrives meanwhile, and counts it once")
    func closed() {
        var queue = Self.queue()
        #expect(Self.begin(&queue, until: 500) == [125, 375])
        #expect(queue.close() == Self.time(375) + Micros(1))
        #expect(!queue.isOpen && queue.take() == nil)
        #expect(queue.takeDue(until: Self.time(1_000)) == 2)
        let until = queue.apply(Self.schedule, agents: [0, 1, 2, 3], until: { _ in nil }, at: Self.time(2_000))
        #expect(until == Self.time(375) + Micros(1))
        #expect(queue.takeDue(until: Self.time(2_000)) == 6)
        #expect(Self.begin(&queue, until: 2_000) == [625, 875, 1_125, 1_375, 1_625, 1_875])
    }

    @Test("A stage leaves to the next what has arrived and was not begun, and nothing else")
    func nextStage() {
        var queue = Self.queue()
        #expect(Self.begin(&queue, until: 9_500).count == 38)
        let next = Self.schedule(stage: 1)
        _ = queue.apply(next, agents: [0, 1, 2, 3], until: { _ in nil }, at: Self.time(10_020))
        #expect(queue.takeDue(until: Self.time(10_000)) == 40)
        #expect(Self.begin(&queue, until: 10_500) == [9_625, 9_875, 10_125, 10_375])
        _ = queue.apply(nil, agents: [0, 1, 2, 3], until: { _ in nil }, at: Self.time(20_000))
        #expect(!queue.isOpen && queue.take() == nil)
    }
}
