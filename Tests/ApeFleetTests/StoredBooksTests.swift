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

    /// The window as a worker of another make might send it.
    private func unreadable(_ seq: Int64, _ bench: FleetBench, revision: String = "-1") -> [UInt8] {
        let line = String(decoding: window(seq, from: bench.now), as: UTF8.self)
        return Array(line.replacing("\"revision\":1", with: "\"revision\":" + revision).utf8)
    }

    @Test("A window that cannot be read is dropped and named, and what comes behind it is taken")
    func unreadable() throws {
        var bench = member()
        for seq in 3...4 as ClosedRange<Int64> { bench.say(1, unreadable(seq, bench)) }
        bench.say(1, window(5, from: bench.now))
        bench.say(1, unreadable(6, bench, revision: "\"x\""))
        #expect(bench.fault(1) == .windowRefused)
        bench.wait(seconds: 1.5)
        #expect(bench.closed.isEmpty)
        #expect(bench.committed.windows.map(\.window.seq) == [1, 2, 5])
        let refused = bench.committed.facts.compactMap { fact in
            if case .windowsRefused("w-1", let first, let last, _) = fact.kind { first...last } else { nil }
        }
        #expect(refused == [3...4, 6...6])
        let acks = (bench.told[1] ?? []).compactMap { if case .ack(let ack) = $0 { ack.seq } else { nil } }
        #expect(acks.last == 6)
        let account = try #require(books(bench))
        #expect(account.refused == 3)
        #expect(account.refusedWindows.values.sorted() == [1, 2])
        #expect(account.refusedWindows.keys.allSatisfy { $0.contains("revision") || $0.contains("value") })
        #expect(account.droppedWindows == 0)
    }

    @Test("A window that cannot be read is refused once, however often it is sent, by the next coordinator too")
    func refusedOnce() throws {
        var bench = member()
        bench.say(1, unreadable(3, bench))
        bench.say(1, unreadable(3, bench))
        bench.wait(seconds: 1.5)
        var next = FleetBench(recovered: RecoveredRun(facts: bench.committed.facts, lastSeqs: ["w-1": 2]))
        next.connect(1)
        var hello = next.hello(1)
        hello.resume = Hello.Resume(run: FleetBench.run, lastSeq: 3)
        next.say(1, Message.hello(hello).line)
        guard case .welcome(let welcome)? = next.told[1]?[1] else { throw ApeError(.fleet, "no welcome") }
        #expect(welcome.resume?.ackedSeq == 3)
        next.say(1, unreadable(3, next))
        next.say(1, window(4, from: next.now))
        next.wait(seconds: 1.5)
        let all = bench.committed.facts + next.committed.facts
        let named = all.count { if case .windowsRefused = $0.kind { true } else { false } }
        #expect(named == 1)
        #expect(!all.contains { if case .windowsDropped = $0.kind { true } else { false } })
        #expect(next.committed.windows.map(\.window.seq) == [4])
    }

    @Test("A batch of nothing but refused windows is acked as well")
    func onlyRefused() {
        var bench = member()
        bench.say(1, unreadable(3, bench))
        bench.wait(seconds: 1.5)
        #expect(bench.told[1]?.contains(.ack(Ack(run: FleetBench.run, seq: 3))) == true)
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
