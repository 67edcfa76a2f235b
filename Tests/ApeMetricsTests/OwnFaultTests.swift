import Testing

@testable import ApeMetrics

/// What becomes of decisions that are still open at the end: whoever was not asked has left nothing unanswered.
@Suite struct OwnFaultTests {
    /// The books of one agent whose decision is given up after 30 s, and what they say of its hold.
    private func given(up: (inout AgentBooks, Int) -> Void) throws -> WindowTally {
        var books = AgentBooks()
        let slot = books.start(0, scheduledMicros: 0, at: 0)
        books.beginSession(slot, goal: "buy", at: 0)
        books.beginDecision(slot, at: 100_000)
        up(&books, slot)
        let hold = WindowPlace(stage: 0, revision: 1, phase: .hold, startMicros: 0, endMicros: 1_000_000)
        _ = books.cut(as: hold, at: 1_000_000)
        books.beginPhase(endsHold: true, at: 1_000_000)
        #expect(books.giveUp(isOver: true, at: 30_000_000) == [0])
        let drain = WindowPlace(stage: 0, revision: 1, phase: .drain, startMicros: 29_000_000, endMicros: 30_000_000)
        return try #require(books.cut(as: drain, at: 30_000_000).late.first?.tally)
    }

    @Test func aDecisionThatCouldNotBeAskedForIsTheHarnesssOwn() throws {
        let tally = try given { $0.awaitRetry($1, after: .transport, at: 200_000) }
        #expect(tally.counters[.sessionsFailed(.inference(.transport))] == 1)
        #expect(tally.counters[CounterFamily.sessionFailures["harness_transport - decision - buy"]] == 1)
        #expect(tally.counters[.decisionErrors(.transport)] == 1)
        #expect(tally.counters[.decisionErrors(.unanswered)] == nil)
        #expect(tally.counters[.harnessMicros] == 30_000_000, "the session's time is lost")
        #expect(tally.series[.ttft]?.sumMicros == 29_900_000, "a failed wait is a wait")
    }

    /// An attempt that went out, or one that the endpoint failed, is the endpoint's.
    @Test(arguments: [true, false]) func aDecisionThatWasAskedForIsUnanswered(isRefused: Bool) throws {
        let tally = try given { books, slot in
            books.awaitRetry(slot, after: .transport, at: 200_000)
            books.retry(slot, at: 700_000)
            if isRefused { books.awaitRetry(slot, after: .refused, at: 800_000) }
        }
        #expect(tally.counters[.sessionsFailed(.inferenceUnanswered)] == 1)
        #expect(tally.counters[.decisionErrors(.unanswered)] == 1 && tally.counters[.harnessMicros] == nil)
    }

    /// The gap that a hold began lasts at least as long; what the agent has just asked for in it may yet be answered.
    @Test func aDecisionThatBeganSinceTheHoldIsNotGivenUp() throws {
        var books = AgentBooks()
        books.stallMicros = 10_000_000
        let slots = [3, 4].map { agent in
            let slot = books.start(agent, scheduledMicros: 0, at: 0)
            books.beginSession(slot, goal: "buy", at: 0)
            books.beginRequest(slot, "GET /a", isAction: true, at: 100_000)
            books.endWait(slot, at: 300_000) { _ in }
            return slot
        }
        let hold = WindowPlace(stage: 0, revision: 1, phase: .hold, startMicros: 0, endMicros: 1_000_000)
        _ = books.cut(as: hold, at: 1_000_000)
        books.beginPhase(endsHold: true, at: 1_000_000)
        books.beginDecision(slots[1], at: 2_000_000)
        books.beginDecision(slots[0], at: 29_900_000)
        #expect(books.giveUp(isOver: true, at: 30_000_000) == [3, 4] && books.owing == 0)
        books.endWait(slots[0], at: 30_100_000) { $0.add(.decisions) }
        let drain = WindowPlace(stage: 0, revision: 1, phase: .drain, startMicros: 30_000_000, endMicros: 31_000_000)
        let cut = books.cut(as: drain, at: 31_000_000)
        let late = try #require(cut.late.first?.tally)
        #expect(late.series[.gap]?.count == 2 && cut.tally.counters[.decisions] == 1)
        #expect(late.counters[.decisionErrors(.unanswered)] == 1, "the one that is stalled")
        #expect(late.counters[.sessionsFailed(.inferenceUnanswered)] == 1)
    }

    @Test func theFaultSaysWhoseAFailedAttemptIs() {
        var tally = WindowTally()
        tally.add(.decisionErrors(.transport), 3)
        tally.add(.decisionErrors(.http429), 2)
        var measures = Measures()
        measures.add(tally)
        let failures = measures.decisionFailures
        #expect(failures.map(\.party) == [.harness, .inference] && failures.map(\.count) == [3, 2])
        #expect(failures.attempts == 5)
    }
}
