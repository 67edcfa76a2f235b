import ApeMetrics
@testable import ApeRun
import Testing

/// Failed sessions that stand for others, and how few of them are kept.
@Suite struct ExemplarTests {
    private func exemplar(_ reason: String, goal: String = "buy", last: String = "POST /a", agent: Int = 0)
        -> ExemplarSession
    {
        let step = SessionTrace.Step(offsetMicros: 0, durationMicros: 1, what: last, status: 503)
        let session = SessionTrace(goal: goal, durationMicros: 1, steps: [step])
        return ExemplarSession(reason: reason, message: "", worker: "w", agent: agent, session: session)
    }

    @Test func reasonsTakeTurns() {
        var exemplars = Exemplars()
        for agent in 0..<30 { exemplars.add(exemplar("target_5xx", agent: agent)) }
        exemplars.add(exemplar("simulation_gave_up"))
        exemplars.add(exemplar("inference_timeout"))
        let shown = exemplars.shown
        #expect(shown.count == Exemplars.maximumShown)
        #expect(
            shown.prefix(4).map(\.reason) == ["target_5xx", "simulation_gave_up", "inference_timeout", "target_5xx"]
        )
        #expect(shown.filter { $0.reason == "target_5xx" }.map(\.agent) == (0..<18).map { $0 })
    }

    @Test func whatDiffersComesFirst() {
        var exemplars = Exemplars()
        exemplars.add(exemplar("r", agent: 1))
        exemplars.add(exemplar("r", agent: 2))
        exemplars.add(exemplar("r", goal: "look", agent: 3))
        exemplars.add(exemplar("r", last: "GET /b", agent: 4))
        #expect(exemplars.shown.map(\.agent) == [1, 3, 4, 2])
        #expect(Exemplars().shown.isEmpty)
    }

    @Test func endlessReasonsAreBounded() {
        var exemplars = Exemplars()
        for number in 0..<10_000 { exemplars.add(exemplar("r\(number % 1_000)")) }
        #expect(exemplars.shown.count == Exemplars.maximumShown)
        #expect(Set(exemplars.shown.map(\.reason)) == Set((0..<20).map { "r\($0)" }))
    }

    @Test func theFirstAndTheSlowestSuccessfulSessionsAreKept() {
        var exemplars = Exemplars()
        for number in 0..<30 {
            var good = exemplar(WorkerEvent.sessionSucceeded, agent: number)
            good.session.durationMicros = Int64((number * 7) % 30)
            exemplars.add(good)
        }
        exemplars.add(exemplar(WorkerEvent.sessionSucceeded, goal: "look", agent: 99))
        exemplars.add(exemplar("target_5xx", agent: 50))
        #expect(exemplars.shown.map(\.agent) == [50])
        #expect(exemplars.all.filter(\.hasSucceeded).count == 11 && exemplars.all.first?.agent == 50)
        #expect(exemplars.all.contains { $0.agent == 0 }, "the first")
        let slowest = exemplars.shownGood.filter { $0.session.goal == "buy" }.map(\.session.durationMicros)
        #expect(slowest == [29, 28, 27, 26, 25, 24, 23, 22, 21, 0])
        #expect(exemplars.shownGood[1].agent == 99)
    }

    @Test func aStageAndGoalTellTheirFirstAndWhatIsMuchSlower() {
        var budget = SuccessBudget()
        let told = [10, 14, 16, 20, 30, 60, 120, 240, 480].map { budget.spend("buy", stage: 0, micros: $0) }
        #expect(told == [true, false, true, false, true, true, true, false, false])
        let apart = [budget.spend("buy", stage: 1, micros: 1), budget.spend("look", stage: 0, micros: 1)]
        #expect(apart == [true, true])
        let many = (2..<200).map { budget.spend("buy", stage: $0, micros: 1) }
        #expect(many.count { $0 } == 93, "the run's own bound")
    }

    @Test func theFirstAndTheLastStepsAreKept() {
        var steps = SessionSteps()
        for number in 0..<100 as Range<Int64> {
            steps.append(SessionTrace.Step(offsetMicros: number, durationMicros: 0, what: "decision"))
        }
        #expect(steps.steps.map(\.offsetMicros) == Array(0..<32) + Array(68..<100))
        #expect(steps.leftOut == 36)
    }

    @Test func aBudgetIsForEachReasonAndForFewReasons() {
        var budget = ExemplarBudget(perReason: 2, reasons: 3)
        let told = ["a", "a", "a", "b", "c", "d", "b", "b"].map { budget.spend($0) }
        #expect(told == [true, true, false, true, true, false, true, false])
    }
}
