import ApeCore
import ApeMetrics
import ApeWire
import Testing

@testable import ApeFleet

@Suite("A store that is busy")
struct BusyStoreTests {
    private func beat(_ bench: inout FleetBench, seconds: Int) {
        for _ in 0..<seconds {
            bench.answerPings(1)
            bench.wait(seconds: 1)
        }
    }

    private func acks(_ bench: FleetBench) -> Int {
        bench.told[1, default: []].count { if case .ack = $0 { true } else { false } }
    }

    @Test("Windows wait for it unacked, the run goes on, and the stall is told")
    func stall() throws {
        var bench = try FleetBench.running()
        let before = acks(bench)
        bench.isStoreBusy = true
        for seq in 1...30 {
            let start = Int64(seq) * 1_000_000
            let window = Window(
                run: FleetBench.run,
                seq: Int64(seq),
                stage: 0,
                revision: 1,
                phase: .hold,
                startMicros: start,
                endMicros: start + 1_000_000,
                assigned: 1,
                active: 1
            )
            bench.say(1, Message.window(window).line)
            beat(&bench, seconds: 1)
        }
        #expect(bench.outcome == nil)
        #expect(bench.closed.isEmpty)
        #expect(acks(bench) == before)
        #expect(bench.handedOver > 50, "it is tried again and again")
        #expect(bench.logs.count { $0.message == "The store is busy: windows wait for it, and the run goes on" } == 1)
        bench.isStoreBusy = false
        beat(&bench, seconds: 2)
        #expect(bench.committed.windows.map(\.window.seq) == Array(1...30), "each came once, in order")
        guard case .ack(let ack) = bench.told[1]?.last(where: { $0.type == "ack" }) else {
            return #expect(Bool(false), "no ack came")
        }
        #expect(ack.seq == 30)
        let stalls = bench.committed.facts.compactMap { fact -> Int64? in
            if case .storeStalled(let length) = fact.kind { length.wholeSeconds } else { nil }
        }
        #expect(stalls.count == 1 && (28...31).contains(stalls[0]), "\(stalls)")
    }

    @Test("A short wait is nothing to tell")
    func shortWait() throws {
        var bench = try FleetBench.running()
        bench.isStoreBusy = true
        bench.tell(.rescale(1))
        let event = WorkerEvent(run: FleetBench.run, level: .error, code: "c", message: "m")
        bench.say(1, Message.event(event).line)
        beat(&bench, seconds: 3)
        bench.isStoreBusy = false
        beat(&bench, seconds: 2)
        #expect(!bench.committed.facts.contains { if case .storeStalled = $0.kind { true } else { false } })
    }

    @Test("A disk that takes its time is told of, and holds nobody up")
    func slowDisk() throws {
        var bench = try FleetBench.running()
        bench.commits = false
        bench.say(1, Message.event(WorkerEvent(run: FleetBench.run, level: .error, code: "c", message: "m")).line)
        beat(&bench, seconds: 60)
        #expect(bench.logs.count { $0.message == "The store is slow: windows wait for it, and the run goes on" } == 1)
        #expect(bench.closed.isEmpty)
        bench.commits = true
        bench.tell(.committed)
        beat(&bench, seconds: 2)
        #expect(bench.committed.facts.contains { if case .storeStalled = $0.kind { true } else { false } })
        #expect(bench.outcome == nil)
    }

    @Test("After ten minutes, or two at the end, the run ends as one that cannot be stored", arguments: [false, true])
    func patience(atEnd: Bool) throws {
        var bench = try FleetBench.running()
        bench.isStoreBusy = true
        bench.say(1, Message.event(WorkerEvent(run: FleetBench.run, level: .error, code: "c", message: "m")).line)
        beat(&bench, seconds: 2)
        if atEnd { bench.tell(.interrupted) }
        beat(&bench, seconds: atEnd ? 110 : 590)
        #expect(bench.outcome == nil)
        beat(&bench, seconds: atEnd ? 20 : 120)
        #expect(bench.outcome?.failure?.cause == .storeFailed)
        #expect(bench.outcome?.failure?.error.message.contains("--resume run-1") == true)
    }
}
