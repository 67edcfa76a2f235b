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
                run: FleetBench.run,
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
    private func member() -> FleetBench {
        var bench = FleetBench()
        bench.connect(1)
        bench.say(1, Message.hello(bench.hello(1)).line)
        for seq in 1...2 as ClosedRange<Int64> { bench.say(1, window(seq, from: bench.now)) }
        bench.wait(seconds: 1.5)
        return bench
    }

    private func books(_ bench: FleetBench) -> WorkerCompleteness? {
        var books = FleetBooks()
        for fact in bench.committed.facts { books.apply(fact) }
        return books.completeness(atMicros: bench.now.micros).first
    }

    @Test("Windows that come again are stored as such with the next commit, not at the end")
    func duplicates() {
        var bench = member()
        #expect(bench.committed.windows.map(\.window.seq) == [1, 2])
        for seq in [2, 1, 2] as [Int64] { bench.say(1, window(seq, from: bench.now)) }
        bench.say(1, window(3, from: bench.now))
        bench.wait(seconds: 1.5)
        #expect(bench.committed.windows.map(\.window.seq) == [1, 2, 3])
        #expect(books(bench)?.duplicateWindows == 3)
        bench.say(1, window(3, from: bench.now))
        bench.say(1, window(4, from: bench.now))
        bench.wait(seconds: 1.5)
        #expect(books(bench)?.duplicateWindows == 4)
    }

    @Test("A gap in the numbers is what the worker could not keep")
    func gap() {
        var bench = member()
        bench.say(1, window(6, from: bench.now))
        bench.wait(seconds: 1.5)
        #expect(books(bench)?.droppedWindows == 3)
    }

    @Test("A worker that stops unasked is prepared anew, and its agents are free")
    func stopsUnasked() {
        var bench = member()
        bench.say(1, Message.prepared(Prepared(run: FleetBench.run)).line)
        bench.wait(seconds: 4)
        let before = bench.told[1]?.count { $0.type == "prepare" }
        bench.say(1, Message.stopped(Stopped(run: FleetBench.run, lastSeq: 2)).line)
        #expect(bench.told[1]?.count { $0.type == "prepare" } == (before ?? 0) + 1)
    }
}
