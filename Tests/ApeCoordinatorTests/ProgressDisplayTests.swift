import ApeCore
import ApeMetrics
import ApeRun
import Testing

@testable import ApeCoordinator
@testable import ApeFleet

struct ProgressDisplayTests {
    private let plan = Plan(stages: [
        Stage(name: "baseline", agents: 10, rampMicros: 0, warmupMicros: 0, holdMicros: 60_000_000)
    ])

    private func progress(_ phase: Progress.Phase, atSecond second: Int64, stage: Int? = 0) -> Progress {
        Progress(
            phase: phase,
            now: FleetTime(micros: second * 1_000_000),
            stage: stage,
            phaseEnd: FleetTime(micros: 100_000_000),
            expectedWorkers: 2,
            connectedWorkers: 1,
            silentWorkers: 0,
            lostWorkers: 0,
            targetAgents: 10,
            assignedAgents: 10,
            activeAgents: 9,
            waitingAgents: 0,
            waitingWindows: 0
        )
    }

    @Test func writesALineNowAndThenWhereNoTerminalIs() {
        var display = ProgressDisplay(isTerminal: false)
        let ledger = RunLedger(plan: plan)
        let texts = (50..<75).map { display.update(ledger, progress(.hold, atSecond: $0)) }
        #expect(texts.filter { !$0.isEmpty }.count == 3)
        #expect(texts[0] == "[1/1] baseline  hold 50s  9/10 agents\n")
        #expect(texts.allSatisfy { !$0.string.contains("\u{1B}") })
        #expect(display.end() == "")
    }

    @Test func rewritesOneLineOnATerminal() {
        var display = ProgressDisplay(isTerminal: true)
        let ledger = RunLedger(plan: plan)
        let text = display.update(ledger, progress(.ramp, atSecond: 50))
        #expect(text.string.hasPrefix("\r\u{1B}[2K") && !text.string.hasSuffix("\n"))
        #expect(display.message("w1 joined") == "\r\u{1B}[2Kw1 joined\n")
        #expect(display.end() == "")
    }

    @Test func saysWhatIsWaitedFor() {
        var display = ProgressDisplay(isTerminal: false)
        let ledger = RunLedger(plan: plan)
        #expect(
            display.update(ledger, progress(.gathering, atSecond: 90, stage: nil))
                == "waiting for workers: 1 of 2 10s\n"
        )
        #expect(display.update(ledger, progress(.finishing, atSecond: 91, stage: nil)) == "")
    }

    @Test func showsTheNewestSecondThatEveryWorkerReported() {
        var display = ProgressDisplay(isTerminal: false)
        var ledger = RunLedger(plan: plan)
        ledger.stageStarted(StageTimeline(stage: 0, of: plan, start: FleetTime(micros: 50_000_000)))
        for worker in ["a", "b"] {
            var gap = Histogram()
            gap.record(500_000)
            gap.record(1_000_000)
            let window = Window(
                run: "r",
                seq: 1,
                stage: 0,
                revision: 1,
                phase: .hold,
                startMicros: 52_000_000,
                endMicros: 53_000_000,
                assigned: 5,
                active: 5,
                counters: [.actions(.successful): 4, .sessionsSucceeded: 1, .sessionsSuccessfulStateful: 1],
                series: [.gap: gap]
            )
            ledger.add(worker: worker, window: window, receivedMicros: window.endMicros)
        }
        let text = display.update(ledger, progress(.hold, atSecond: 54))
        #expect(text.string.hasSuffix("MTBA 0.75s  TTFT -  8 actions/s  100% of 2 sessions good\n"))
    }

    @Test func showsWhatWasSpent() {
        let price = Scenario.TokenPrice(input: 1, output: 1)
        var ledger = RunLedger(plan: plan)
        ledger.stageStarted(StageTimeline(stage: 0, of: plan, start: FleetTime(micros: 50_000_000)))
        func text(budget: Double?) -> String {
            var display = ProgressDisplay(isTerminal: false, price: price, budget: budget)
            return display.update(ledger, progress(.hold, atSecond: 54)).string
        }
        #expect(text(budget: 3).hasSuffix("9/10 agents\n"))
        var window = Window(
            run: "r",
            seq: 1,
            stage: 0,
            revision: 1,
            phase: .ramp,
            startMicros: 52_000_000,
            endMicros: 53_000_000,
            assigned: 5,
            active: 5,
            counters: [.tokensIn: 1_200_000]
        )
        ledger.add(worker: "a", window: window, receivedMicros: window.endMicros)
        #expect(text(budget: nil).hasSuffix("  cost 1.20\n"))
        #expect(text(budget: 3).hasSuffix("  cost 1.20 of 3.00\n"))
        window.counters = [.tokensOut: 100_000, .tokensEstimated: 100_000]
        ledger.add(worker: "a", window: window, receivedMicros: window.endMicros)
        #expect(text(budget: nil).hasSuffix("  cost ~1.30\n"))
    }
}
