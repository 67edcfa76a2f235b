import ApeCore
import ApeMetrics
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

@Suite("What is taken from one worker")
struct WorkerBudgetTests {
    private func member(_ limits: CoordinatorLimits = CoordinatorLimits()) -> FleetBench {
        var bench = FleetBench(limits: limits)
        bench.connect(1)
        bench.say(1, Message.hello(bench.hello(1)).line)
        return bench
    }

    private func excesses(_ bench: FleetBench) -> [Excess: Int64] {
        var counts: [Excess: Int64] = [:]
        for case .overBudget("w-1", let what, let count) in bench.committed.facts.map(\.kind) { counts[what] = count }
        return counts
    }

    @Test("A bucket holds what was saved up, and no more")
    func bucket() {
        var bucket = TokenBucket(perSecond: 2, burst: 3)
        let start: FleetTime = 1_000_000
        func taken(_ amounts: [Int], after wait: Micros) -> [Bool] {
            amounts.map { bucket.spend($0, at: start + wait) }
        }
        #expect(taken([1, 1, 1, 1, 1], after: .zero) == [true, true, true, false, false])
        #expect(taken([1], after: Micros(499_999)) == [false])
        #expect(taken([1, 1], after: Micros(500_000)) == [true, false])
        #expect(taken([4, 3], after: .seconds(1_000_000)) == [false, true])
        #expect(taken([1], after: .seconds(-1)) == [false], "a clock that steps back gives nothing")
        #expect(taken([1, .max], after: .max) == [true, false])
    }

    @Test("Ten minutes of windows come in at once after an outage, twice over")
    func resend() {
        var bench = member()
        for seq in 1...1_200 { bench.say(1, Message.window(FleetBench.window(Int64(seq))).line) }
        bench.wait(seconds: 2)
        #expect(bench.committed.windows.count == 1_200)
        #expect(bench.closed.isEmpty)
        #expect(excesses(bench) == [:])
    }

    @Test("A flood of windows is not taken, is told, and comes again later without a gap")
    func windows() {
        var bench = member()
        for seq in 1...3_000 { bench.say(1, Message.window(FleetBench.window(Int64(seq))).line) }
        bench.wait(seconds: 2)
        #expect(bench.committed.windows.map(\.window.seq) == Array(1...1_200))
        #expect(excesses(bench) == [.windows: 1_800])
        #expect(bench.closed.isEmpty, "its heartbeats go on")
        for _ in 0..<10 {
            bench.answerPings(1)
            bench.wait(seconds: 1)
        }
        #expect(bench.fault(1) == .overBudget)
        bench.connect(2)
        var hello = bench.hello(2)
        hello.resume = Hello.Resume(run: FleetBench.run, lastSeq: 3_000)
        bench.say(2, Message.hello(hello).line)
        for seq in 1_201...1_290 { bench.say(2, Message.window(FleetBench.window(Int64(seq))).line) }
        bench.wait(seconds: 2)
        #expect(bench.committed.windows.map(\.window.seq) == Array(1...1_290))
        #expect(!bench.committed.facts.contains { if case .windowsDropped = $0.kind { true } else { false } })
    }

    @Test("A window that cannot be read takes no place of those that were not taken before it")
    func unreadable() {
        var bench = member()
        for seq in 1...1_300 as ClosedRange<Int64> {
            let text = Message.window(FleetBench.window(seq)).text
            bench.say(1, seq == 1_250 ? text.replacing(#""revision":1,"#, with: "") : text)
        }
        bench.wait(seconds: 2)
        #expect(bench.committed.windows.count == 1_200)
        #expect(excesses(bench) == [.windows: 100])
        let lost = bench.committed.facts.contains { fact in
            switch fact.kind {
            case .windowsDropped, .windowsRefused: true
            default: false
            }
        }
        #expect(!lost, "it may come again as the others may")
    }

    @Test("A window's bytes count")
    func windowBytes() {
        var limits = CoordinatorLimits()
        limits.windowBytes = TokenBucket(perSecond: 100, burst: 1_000)
        var bench = member(limits)
        for seq in 1...50 { bench.say(1, Message.window(FleetBench.window(Int64(seq))).line) }
        bench.wait(seconds: 2)
        #expect((1...5).contains(bench.committed.windows.count))
        #expect(excesses(bench)[.windows] == Int64(50 - bench.committed.windows.count))
    }

    @Test("Events come to two a second in the long run, and a session step by step is one of few")
    func events() {
        var bench = member()
        var event = WorkerEvent(run: FleetBench.run, level: .error, code: "c", message: "m")
        for _ in 0..<120 {
            for _ in 0..<10 { bench.say(1, Message.event(event).line) }
            bench.answerPings(1)
            bench.wait(seconds: 1)
        }
        let taken = bench.committed.facts.count { if case .event = $0.kind { true } else { false } }
        #expect((830...860).contains(taken), "\(taken)")
        event.code = "another"
        event.session = SessionTrace(goal: "g", startMicros: 1, durationMicros: 1, steps: [])
        bench.say(1, Message.event(event).line)
        bench.wait(seconds: 61)
        #expect(bench.committed.facts.contains { if case .event(_, event) = $0.kind { true } else { false } })
        #expect((excesses(bench)[.events] ?? 0) > 200)
    }

    @Test("A worker that comes back again and again is sent away, and costs few facts")
    func connections() {
        var bench = member()
        for id in 2...1_000 {
            bench.end(ConnectionID(id - 1))
            bench.connect(ConnectionID(id))
            bench.say(ConnectionID(id), Message.hello(bench.hello(ConnectionID(id))).line)
        }
        #expect(bench.fault(1_000) == .overBudget)
        bench.wait(seconds: 2)
        let returns = bench.committed.facts.count { if case .returned = $0.kind { true } else { false } }
        #expect(returns == 30)
        #expect(excesses(bench) == [.connections: 969])
        #expect(bench.committed.facts.count < 250)
        bench.connect(2_000)
        bench.say(2_000, Message.hello(bench.hello(2_000)).line)
        #expect(bench.told[2_000]?.contains { $0.type == "welcome" } == true, "two seconds later it may come again")
    }

    private static let orders = [
        #"{"type":"dance"}"#, #"{"type":"error","code":"x","message":"y"}"#,
        #"{"type":"prepared","run":"another"}"#, #"{"type":"stopped","run":"run-1","last_seq":0}"#,
        #"{"type":"refused","run":"another","code":"x","message":"y"}"#,
        #"{"type":"answered","run":"run-1","stage":0}"#,
    ]

    @Test("A flood of anything else ends its connection, and is logged a few times", arguments: orders)
    func messages(line: String) {
        var bench = member()
        for _ in 0..<1_000 { bench.say(1, line + "\n") }
        #expect(bench.fault(1) == .overBudget)
        #expect(bench.closed == [1])
        #expect(bench.logs.count < 20, "\(bench.logs.count)")
        #expect(bench.told[1, default: []].count < 500)
        bench.wait(seconds: 2)
        #expect(excesses(bench) == [.messages: 1])
        #expect(bench.committed.facts.count < 20)
    }

    @Test("A flood of pongs ends its connection")
    func pongs() {
        var bench = member()
        let pong = Message.pong(Pong(id: 1, sent: bench.now, local: LocalTime(micros: 1))).line
        for _ in 0..<20_000 where bench.closed.isEmpty { bench.say(1, pong) }
        #expect(bench.fault(1) == .overBudget)
    }
}
