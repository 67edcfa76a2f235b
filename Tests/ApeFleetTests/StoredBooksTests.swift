import ApeCore
import ApeMetrics
import ApeRun
import ApeWire
import Testing

@testable import ApeFleet

/// What a coordinator stores of windows that are late, doubled or lost, so that the next one knows it.
@Suite("The books, as they are stored")
struct StoredBooksTests {
    private func window(_ seq: Int64, from start: FleetTime) -> [UInt8] {
        let second = start.secondFloor.micros
        return Message.window(
            Window(
                run: Gatehouse.run,
                seq: seq,
                stage: 0,
                revision: 1,
                phase: .hold,
                startMicros: second,
                endMicros: second + 1_000_000,
                assigned: 1,
                active: 1
            )
        ).line
    }

    /// A member of a run, with its first two windows stored.
    private func member() -> Gatehouse {
        var house = Gatehouse()
        house.connect(1)
        house.say(1, Message.hello(house.hello(1)).line)
        for seq in 1...2 as ClosedRange<Int64> { house.say(1, window(seq, from: house.now)) }
        house.wait(seconds: 1.5)
        return house
    }

    private func books(_ house: Gatehouse) -> WorkerCompleteness? {
        var books = FleetBooks()
        for fact in house.committed.facts { books.apply(fact) }
        return books.completeness(atMicros: house.now.micros).first
    }

    @Test("Windows that come again are stored as such with the next commit, not at the end")
    func duplicates() {
        var house = member()
        #expect(house.committed.windows.map(\.window.seq) == [1, 2])
        for seq in [2, 1, 2] as [Int64] { house.say(1, window(seq, from: house.now)) }
        house.say(1, window(3, from: house.now))
        house.wait(seconds: 1.5)
        #expect(house.committed.windows.map(\.window.seq) == [1, 2, 3])
        #expect(books(house)?.duplicateWindows == 3)
        house.say(1, window(3, from: house.now))
        house.say(1, window(4, from: house.now))
        house.wait(seconds: 1.5)
        #expect(books(house)?.duplicateWindows == 4)
    }

    @Test("A gap in the numbers is what the worker could not keep")
    func gap() {
        var house = member()
        house.say(1, window(6, from: house.now))
        house.wait(seconds: 1.5)
        #expect(books(house)?.droppedWindows == 3)
    }

    @Test("A worker that stops unasked is prepared anew, and its agents are free")
    func stopsUnasked() {
        var house = member()
        house.say(1, Message.prepared(Prepared(run: Gatehouse.run)).line)
        house.wait(seconds: 4)
        let before = house.told[1]?.count { $0.type == "prepare" }
        house.say(1, Message.stopped(Stopped(run: Gatehouse.run, lastSeq: 2)).line)
        #expect(house.told[1]?.count { $0.type == "prepare" } == (before ?? 0) + 1)
    }
}
