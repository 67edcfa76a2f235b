import ApeCore
@testable import ApeFleet
import ApeMetrics
import ApeRun
import Testing

@testable import ApeReport

struct LiveSentenceTests {
    @Test func tellsAHold() {
        #expect(
            LiveSentence(LiveFixture.full).text
                == "[3/5] medium  hold 25s  97/100 agents  3 stalled  MTBA 0.51s  TTFT 2.31s  201 actions/s  "
                + "88.8 % of 1250 sessions good  cost ~1.25 of 10.00  1 threshold failing  1 workers silent"
        )
    }

    @Test func saysWhatIsWaitedFor() {
        var live = LiveFixture.empty
        #expect(LiveSentence(live).text == "starting")
        live.phase = .gathering
        live.fleet = LiveRun.Fleet(expected: 2, connected: 1, silent: 0, lost: 0)
        live.left.phase = 10
        #expect(LiveSentence(live).text == "waiting for workers: 1 of 2 10s")
        live.phase = .drain
        live.agents.waiting = 12
        #expect(LiveSentence(live).text == "the hold is over: waiting for 12 answers 10s")
    }

    @Test func saysForHowLongNothingHasComeBack() {
        var live = LiveFixture.full
        live.silentSeconds = 12
        live.isPaused = true
        #expect(LiveSentence(live).text.contains("no answer for 12s"))
        #expect(LiveSentence(live).text.hasPrefix("PAUSED  [3/5]"))
    }
}

struct LivePaceTests {
    private func progress(_ phase: Progress.Phase = .hold, second: Int64, stage: Int = 0) -> Progress {
        var progress = LiveFixture.progress(stage: stage, nowMicros: second * 1_000_000, endMicros: 0, agents: 1)
        progress.phase = phase
        return progress
    }

    @Test func isDueEachPeriod() {
        var pace = LivePace(periodSeconds: 10)
        let due = (50..<75).filter { pace.isDue(progress(second: $0)) }
        #expect(due == [50, 60, 70])
    }

    @Test func isDueAtOnceWhereMuchHasChanged() {
        var pace = LivePace(periodSeconds: 10)
        let moments = [
            progress(second: 1), progress(second: 2), progress(.drain, second: 3),
            progress(.drain, second: 4, stage: 1),
            progress(.drain, second: 5, stage: 1),
        ]
        let due = moments.map { pace.isDue($0) }
        #expect(due == [true, false, true, true, false])
    }
}
