import ApeCore
import Testing

@testable import ApeMetrics

/// The books of agents, with times in microseconds and a window a second.
@Suite("Agents' books") struct AgentBooksTests {
    private static func place(_ second: Int64, _ phase: Window.Phase = .hold, stage: Int = 0) -> WindowPlace {
        WindowPlace(
            stage: stage,
            revision: 1,
            phase: phase,
            startMicros: second * 1_000_000,
            endMicros: (second + 1) * 1_000_000
        )
    }

    private static func total(_ tally: WindowTally) -> Int64 {
        AgentActivity.allCases.reduce(0) { $0 + (tally.counters[CounterFamily.agentTime[$1.rawValue]] ?? 0) }
    }

    @Test func aGapSpansSessionsAndLeavesThePauseOut() throws {
        var books = AgentBooks()
        let slot = books.start(7, scheduledMicros: 0, at: 0)
        books.beginSession(slot, goal: "buy", at: 0)
        books.beginRequest(slot, "GET /a", isAction: true, at: 100)
        books.endWait(slot, at: 300) { _ in }
        books.endSession(slot, failure: nil) { $0.add(.sessionsSucceeded) }
        books.turn(slot, to: .pause, at: 310)
        books.turn(slot, to: .overhead, at: 900_310)
        books.beginSession(slot, goal: "other", at: 900_310)
        books.beginDecision(slot, at: 900_320)
        books.firstToken(slot, at: 900_400)
        books.endWait(slot, at: 900_450) { $0.record(.ttft, 80) }
        books.beginRequest(slot, "GET /b", isAction: true, at: 900_460)
        let tally = books.tally
        #expect(tally.series[.gap]?.count == 1 && tally.series[.gap]?.sumMicros == 360)
        #expect(tally.series[.target]?.sumMicros == 200 && tally.series[.decisionGeneration]?.sumMicros == 50)
        #expect(tally.series[.overhead]?.sumMicros == 30)
        var ended = tally
        let cut = ended.cut()
        #expect(cut.counters[GapLabel.goal.families[0]["buy"]] == 1, "a gap belongs to the action that began it")
    }

    /// What an agent does when a window is cut is split there.
    @Test func everyMomentOfAnAgentIsInOneWindow() {
        var books = AgentBooks()
        let slot = books.start(0, scheduledMicros: 0, at: 0)
        books.beginSession(slot, goal: "g", at: 0)
        books.beginRequest(slot, "GET /", isAction: true, at: 200_000)
        let first = books.cut(as: Self.place(0), at: 1_000_000)
        let second = books.cut(as: Self.place(1), at: 2_000_000)
        #expect(first.tally.counters[CounterFamily.agentTime["target"]] == 800_000)
        #expect(first.tally.counters[CounterFamily.agentTime["overhead"]] == 200_000)
        #expect(second.tally.counters[CounterFamily.agentTime["target"]] == 1_000_000, "it hangs, and is there")
        #expect(first.presentMicros == 1_000_000 && second.presentMicros == 1_000_000)
    }

    @Test(arguments: 0..<50) func partsAddUpToTheAgentsWhateverTheyDo(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var books = AgentBooks()
        var slots: [Int] = []
        var now: Int64 = 0
        var gaps: Int64 = 0
        for second in 0..<20 {
            while now < Int64(second + 1) * 1_000_000 - 60_000 {
                now += Int64(random.unit() * 50_000)
                let slot = slots.isEmpty ? -1 : slots[Int(random.next() % UInt64(slots.count))]
                switch random.next() % 9 {
                case 0: slots.append(books.start(slots.count, scheduledMicros: now, at: now))
                case 1 where slots.count > 1:
                    slots.removeAll { $0 == slot }
                    books.stop(slot, at: now)
                case _ where slot < 0: break
                case 2: books.beginSession(slot, goal: "g", at: now)
                case 3: books.beginDecision(slot, at: now)
                case 4: books.firstToken(slot, at: now)
                case 5: books.beginRequest(slot, "GET /", isAction: true, at: now)
                case 6: books.endWait(slot, at: now) { _ in gaps += 1 }
                case 7: books.endSession(slot, failure: nil) { _ in }
                default: books.turn(slot, to: AgentActivity.allCases[Int(random.next() % 7)], at: now)
                }
                if random.next() % 40 == 0 { books.beginPhase(endsHold: random.next() % 2 == 0, at: now) }
                if random.next() % 40 == 0 { _ = books.giveUp(isOver: true, at: now) }
            }
            now = Int64(second + 1) * 1_000_000
            let cut = books.cut(as: Self.place(Int64(second)), at: now)
            #expect(Self.total(cut.tally) == cut.presentMicros)
            #expect(cut.active <= slots.count && cut.waiting >= 0)
            for name in [SeriesName.gap, .target] { #expect((cut.tally.series[name]?.minMicros ?? 0) >= 0) }
        }
    }

    @Test func aWaitBelongsToTheHoldThatBeganIt() throws {
        var books = AgentBooks()
        let slot = books.start(0, scheduledMicros: 0, at: 0)
        books.beginSession(slot, goal: "g", at: 0)
        books.beginRequest(slot, "GET /", isAction: true, at: 900_000)
        _ = books.cut(as: Self.place(0), at: 1_000_000)
        books.beginPhase(endsHold: true, at: 1_000_000)
        #expect(books.owing == 1)
        books.endWait(slot, at: 1_500_000) { $0.add(.actions(.successful)) }
        #expect(books.owing == 1, "its gap goes on")
        books.beginRequest(slot, "GET /", isAction: true, at: 1_600_000)
        #expect(books.owing == 0)
        let cut = books.cut(as: Self.place(1, .drain), at: 2_000_000)
        let late = try #require(cut.late.first)
        #expect(cut.late.count == 1 && late.place == Self.place(0))
        #expect(late.tally.counters[.actions(.successful)] == 1 && late.tally.series[.gap]?.sumMicros == 700_000)
        #expect(cut.tally.counters[.actions(.successful)] == nil && cut.tally.series[.gap] == nil)
    }

    @Test func whatIsNeverAnsweredLastedAtLeastThatLong() throws {
        var books = AgentBooks()
        let hung = books.start(4, scheduledMicros: 0, at: 0)
        books.beginSession(hung, goal: "buy", at: 100_000)
        books.beginRequest(hung, "POST /order", isAction: true, at: 500_000)
        let deciding = books.start(5, scheduledMicros: 0, at: 0)
        books.beginSession(deciding, goal: "buy", at: 0)
        books.beginDecision(deciding, at: 700_000)
        _ = books.cut(as: Self.place(0), at: 1_000_000)
        books.beginPhase(endsHold: true, at: 1_000_000)
        #expect(books.giveUp(isOver: true, at: 30_000_000).sorted() == [4, 5])
        #expect(books.owing == 0)
        // What comes of it later counts no more.
        books.endWait(hung, at: 31_000_000) { $0.add(.actions(.successful)) }
        books.endSession(hung, failure: nil) { $0.add(.sessionsSucceeded) }
        let late = try #require(books.cut(as: Self.place(30, .drain), at: 31_000_000).late.first?.tally)
        #expect(late.series[.gap]?.sumMicros == 29_500_000 && late.series[.ttft]?.sumMicros == 29_300_000)
        #expect(late.counters[.sessionsFailed(.targetUnanswered)] == 1)
        #expect(late.counters[.sessionsFailed(.inferenceUnanswered)] == 1)
        #expect(late.counters[CounterFamily.routeErrors["POST /order unanswered target"]] == 1)
        #expect(late.counters[.decisionErrors(.unanswered)] == 1 && late.counters[.actions(.error)] == 1)
        #expect(late.counters[CounterFamily.sessionFailures["target_unanswered - POST /order buy"]] == 1)
        #expect(late.series[.sessionUnanswered]?.sumMicros == 1_100_000)
        #expect(late.counters[.sessionsSucceeded] == nil && late.counters[.actions(.successful)] == nil)
    }

    /// A session counts where it ends; what failed it is evidence of the hold that began it.
    @Test func whatALateSessionFailedOfStandsWhereItsWaitBegan() throws {
        var books = AgentBooks()
        let slot = books.start(0, scheduledMicros: 0, at: 0)
        books.beginSession(slot, goal: "g", at: 0)
        books.beginRequest(slot, "GET /", isAction: true, at: 900_000)
        _ = books.cut(as: Self.place(0), at: 1_000_000)
        books.beginPhase(endsHold: true, at: 1_000_000)
        books.endWait(slot, at: 1_500_000) { _ in }
        let label = SessionFailureLabel(reason: .targetTimeout, route: "GET /", goal: "g")
        books.endSession(slot, failure: label) { $0.addFailure(label, sessionMicros: 1_500_000) }
        let cut = books.cut(as: Self.place(1, .drain), at: 2_000_000)
        #expect(cut.tally.counters[.sessionsFailed(.targetTimeout)] == 1)
        #expect(cut.late.first?.tally.counters[CounterFamily.sessionFailures[label.text]] == 1)
    }

    @Test func whoWaitsTooLongIsStalledAndNotActive() {
        var books = AgentBooks()
        books.stallMicros = 2_000_000
        let slot = books.start(0, scheduledMicros: 0, at: 0)
        let other = books.start(1, scheduledMicros: 0, at: 0)
        books.beginRequest(slot, "GET /", isAction: true, at: 0)
        books.turn(other, to: .retryWait, at: 0)
        _ = books.cut(as: Self.place(0), at: 1_000_000)
        let second = books.cut(as: Self.place(1), at: 1_900_000)
        let third = books.cut(as: Self.place(2), at: 3_000_000)
        #expect(second.active == 2 && second.stalled == 0)
        #expect(third.active == 1 && third.stalled == 1, "one in back-off is active")
        books.endWait(slot, at: 3_100_000) { _ in }
        #expect(books.cut(as: Self.place(3), at: 4_000_000).active == 1, "it was stalled in that second")
        #expect(books.cut(as: Self.place(4), at: 5_000_000).active == 2)
    }

    @Test func anAgentThatNeverAskedHasStartedUntilTheHoldsEnd() {
        var books = AgentBooks()
        _ = books.start(0, scheduledMicros: 100_000, at: 100_000)
        _ = books.cut(as: Self.place(0), at: 1_000_000)
        books.beginPhase(endsHold: true, at: 1_000_000)
        #expect(books.tally.series[.startup]?.sumMicros == 900_000)
    }

    @Test func thePauseOwesNothing() {
        var books = AgentBooks()
        let slot = books.start(0, scheduledMicros: 0, at: 0)
        books.beginRequest(slot, "GET /", isAction: true, at: 0)
        _ = books.cut(as: Self.place(0), at: 1_000_000)
        books.beginPhase(endsHold: true, at: 1_000_000)
        books.endWait(slot, at: 1_100_000) { _ in }
        books.turn(slot, to: .pause, at: 1_100_000)
        #expect(books.owing == 0)
        #expect(books.giveUp(isOver: true, at: 2_000_000) == [])
        let late = books.cut(as: Self.place(1, .drain), at: 2_000_000).late
        #expect(late.first?.tally.series[.gap]?.sumMicros == 1_100_000)
    }

    /// A worker that waited for its run measured nothing before it.
    @Test func theFirstWindowBeginsWithTheRun() {
        var books = AgentBooks()
        books.beginPhase(endsHold: false, at: 60_000_000)
        _ = books.start(0, scheduledMicros: 60_100_000, at: 60_100_000)
        let cut = books.cut(as: Self.place(60), at: 61_000_000)
        #expect(cut.lengthMicros == 1_000_000 && cut.presentMicros == 900_000 && Self.total(cut.tally) == 900_000)
    }

    /// Seconds that a stopped process slept through are nobody's; being late to cut takes no time away.
    @Test func whatNobodyMeasuredIsLeftOut() {
        var books = AgentBooks()
        _ = books.start(0, scheduledMicros: 0, at: 0)
        let cut = books.cut(as: Self.place(0), at: 5_400_000, skippedMicros: 4_000_000)
        #expect(Self.total(cut.tally) == 1_400_000 && cut.presentMicros == 1_400_000 && cut.lengthMicros == 1_400_000)
        let next = books.cut(as: Self.place(5), at: 6_000_000)
        #expect(Self.total(next.tally) == 600_000)
    }

    @Test func theRecorderTellsOnceTheLastAnswerHasCome() async {
        let recorder = WindowRecorder()
        await confirmation(expectedCount: 1) { told in
            recorder.onAnswered { told() }
            let slot = recorder.startAgent(0, scheduledMicros: 0, at: 0)
            recorder.beginRequest(slot, "GET /", isAction: true, at: 0)
            _ = recorder.cut(as: Self.place(0), at: 1_000_000)
            #expect(recorder.beginPhase(endsHold: true, at: 1_000_000))
            #expect(recorder.owes(slot) && recorder.owingAgents == [0])
            recorder.endWait(slot, at: 1_100_000) { _ in }
            recorder.beginRequest(slot, "GET /", isAction: true, at: 1_200_000)
            recorder.endWait(slot, at: 1_300_000) { _ in }
        }
    }

    /// What it waits for by then began after the hold, and is nobody's failure.
    @Test func anAgentThatPausedSinceTheHoldIsNotGivenUp() {
        var books = AgentBooks()
        let slot = books.start(3, scheduledMicros: 0, at: 0)
        books.beginSession(slot, goal: "buy", at: 0)
        books.beginRequest(slot, "GET /a", isAction: true, at: 100_000)
        books.endWait(slot, at: 300_000) { _ in }
        books.endSession(slot, failure: nil) { $0.add(.sessionsSucceeded) }
        books.turn(slot, to: .pause, at: 300_000)
        _ = books.cut(as: Self.place(0), at: 1_000_000)
        books.beginPhase(endsHold: true, at: 1_000_000)
        #expect(books.owing == 0)
        books.beginSession(slot, goal: "buy", at: 1_100_000)
        books.beginDecision(slot, at: 1_100_000)
        #expect(books.giveUp(isOver: true, at: 1_300_000) == [])
        let cut = books.cut(as: Self.place(1, .drain), at: 2_000_000)
        #expect(cut.late.map(\.tally.series[.gap]?.sumMicros) == [400_000])
        #expect(cut.late.allSatisfy { $0.tally.counters[.decisionErrors(.unanswered)] == nil })
        #expect(cut.tally.counters[.sessionsFailed(.inferenceUnanswered)] == nil)
    }
}

@Suite struct SessionFailureLabelTests {
    @Test(arguments: [
        SessionFailureLabel(reason: .target5xx, status: 500, route: "POST /order/{id}", goal: "buy two things"),
        SessionFailureLabel(reason: .stepLimit, goal: "g"),
        SessionFailureLabel(reason: .inferenceUnanswered, route: "decision", goal: "g"),
    ])
    func readsWhatItWrites(label: SessionFailureLabel) {
        #expect(SessionFailureLabel(label.text) == label)
    }

    @Test func longAndHostilePartsAreBounded() throws {
        let long = SessionFailureLabel(
            reason: .target5xx,
            status: 500,
            route: "GET /a b",
            goal: String(repeating: "x", count: 900)
        )
        let read = try #require(SessionFailureLabel(long.text))
        #expect(read.route == "GET /a%20b" && read.goal.utf8.count == 256)
        #expect(SessionFailureLabel("other") == nil)
    }
}
