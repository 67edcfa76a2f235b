import ApeCore
import ApeFleet
import ApeMetrics
import ApeTestKit
import Testing

@testable import ApeRun

/// A run that searched is judged by what it found.
@Suite struct CapacityTests: JudgesRuns {
    /// Tries of so many agents, each second of which is healthy up to `most` agents and slow beyond.
    static func searched(
        _ agents: [Int],
        most: Int,
        tried: Int? = nil,
        _ change: (inout Window) -> Void = { _ in }
    ) -> LedgerFixture {
        var fixture = LedgerFixture(agents: agents, search: CapacitySearch())
        for stage in agents.indices {
            fixture.run(stage: stage) { window, _, _ in
                LedgerFixture.healthy(&window, samples: 0)
                var tally = WindowTally()
                for _ in 0..<4 {
                    var gap = GapBreakdown()
                    gap.gaps = 1
                    gap.targetMicros = agents[stage] <= most ? 400_000 : 1_500_000
                    gap.thinkMicros = 100_000
                    gap.gapMicros = gap.partsMicros
                    tally.record(gap, goal: "buy", route: "GET /")
                }
                window.series.merge(tally.cut().series) { $1 }
                window.counters.merge(tally.cut().counters) { $1 }
                window.series[.ttft, default: Histogram()].record(300_000)
                // Enough sessions for their share to be no matter of chance.
                for name in [CounterName.sessionsSucceeded, .sessionsStateful, .sessionsSuccessfulStateful] {
                    window.counters[name] = 4
                }
                change(&window)
            }
            guard stage < tried ?? agents.count else { continue }
            fixture.ledger.add(FleetFact(at: fixture.timeline(stage).end, .tried(stage: stage)))
        }
        return fixture
    }

    @Test func theAnswerIsWhatPassedTwice() throws {
        let verdict = judged(Self.searched([10, 20, 40, 39, 39], most: 39))
        let capacity = try #require(verdict.capacity)
        #expect(capacity.tries.map(\.status) == [.pass, .pass, .fail, .pass, .pass])
        #expect(capacity.level == 39 && capacity.low == 39 && capacity.high == 40)
        #expect(capacity.bound?.name == "mtba_threshold" && capacity.boundLevel == 40)
        #expect(capacity.bound?.valueText == "1.600 s" && capacity.bound?.limit == 1)
        #expect(capacity.party == .target)
        #expect(capacity.judged == 4)
    }

    @Test func theVerdictIsThatOfTheTryThatConfirmedIt() {
        let verdict = judged(Self.searched([10, 20, 40, 39, 39], most: 39))
        #expect(verdict.exitCode == .passed)
        #expect(verdict[.mtbaThreshold]?.measured == 0.5)
        #expect(verdict[.mtbaThreshold]?.details.contains("stage s4") == true)
        #expect(verdict[.maxConcurrentAgents]?.status == .notExercised)
        #expect(verdict.stages.count == 5 && verdict.decidingStages == [4] && verdict.failedStages.isEmpty)
    }

    @Test func aThousandAgentsAreNoTargetOfASearch() {
        let verdict = judged(Self.searched([1_000], most: 0))
        #expect(verdict[.maxConcurrentAgents]?.status == .notExercised)
    }

    @Test func whereNotEvenTheLeastPassesTheRunFails() {
        let verdict = judged(Self.searched([10], most: 5))
        #expect(verdict.capacity?.status == .fail && verdict.capacity?.level == nil)
        #expect(verdict.capacity?.reason == "Not even 10 agents pass.")
        #expect(verdict.exitCode == .failed)
        #expect(verdict[.mtbaThreshold]?.status == .fail)
    }

    @Test func aSearchThatWasCutOffHasNoAnswer() {
        let verdict = judged(Self.searched([10, 20, 40], most: 39, tried: 2), outcome: .interrupted)
        #expect(verdict.capacity?.tries.count == 2)
        #expect(verdict.capacity?.status == .inconclusive && verdict.capacity?.low == 20)
        #expect(verdict.capacity?.reason?.contains("ended before") == true)
        #expect(verdict.exitCode == .interrupted)
        #expect(judged(Self.searched([10], most: 39, tried: 0)).exitCode == .inconclusive)
    }

    /// The last try passed when it was judged, and what came in behind that says that it failed.
    @Test func aTryThatChangesBehindTheEndIsNotAnEndBeforeTime() {
        let capacity = judged(Self.searched([10, 20, 40, 39], most: 38), outcome: .finished).capacity
        #expect(capacity?.status == .inconclusive && capacity?.level == nil)
        #expect(capacity?.reason?.hasPrefix("What came in late changed a try") == true)
    }

    @Test func aTryInWhichNothingCameBackFails() {
        let verdict = judged(
            Self.searched([10], most: 39) { window in
                window.series = [:]
                window.counters = [:]
            }
        )
        #expect(verdict.capacity?.tries.first?.status == .fail)
        #expect(verdict.capacity?.tries.first?.reason == "Nothing came back from what the stage's hold began.")
        #expect(verdict.exitCode == .failed)
    }

    @Test func aValueThatTheGeneratorsDelayPutsOverItsLimitIsAtIt() throws {
        let fixture = Self.searched([10, 20], most: 10) { window in
            guard window.stage == 1 else { return }
            var tally = WindowTally()
            for _ in 0..<4 {
                var gap = GapBreakdown()
                (gap.gaps, gap.targetMicros, gap.overheadMicros) = (1, 995_000, 10_000)
                gap.gapMicros = gap.partsMicros
                tally.record(gap, goal: "buy", route: "GET /")
            }
            window.series.merge(tally.cut().series) { $1 }
            window.counters.merge(tally.cut().counters) { $1 }
        }
        let attempt = try #require(judged(fixture).capacity?.tries.last)
        #expect(attempt.status == .fail && attempt.isMarginal)
        #expect(attempt.bound?.load == 1.005 && attempt.bound?.loadInterval?.low ?? 1 < 1)
    }

    @Test func agentsStartInWhicheverTryHasThem() {
        let fixture = Self.searched([10, 20, 40, 39, 39], most: 39) { window in
            if window.stage < 3 { window.series[.startup, default: Histogram()].record(20_000) }
        }
        #expect(judged(fixture)[.agentStartupTime]?.status == .pass)
    }

    @Test func aTryThatTheFleetSpoiledIsInconclusiveAndMadeAgain() throws {
        let fixture = Self.searched([10], most: 39) { $0.active = 1 }
        let progress = try #require(CapacityProgress(fixture.ledger, rules: JudgingRules()))
        #expect(progress.next?.agents == 10 && progress.next?.name == "try_2")
        let verdict = judged(Self.searched([10, 10], most: 39) { $0.active = 1 })
        #expect(verdict.capacity?.status == .inconclusive && verdict.capacity?.party == .harness)
        #expect(verdict.exitCode == .inconclusive)
    }

    @Test func failedSessionsAreThePartysThatFailedThem() {
        let verdict = judged(
            Self.searched([10, 20], most: 39) { window in
                guard window.stage == 1 else { return }
                window.counters[.sessionsSucceeded] = 1
                window.counters[.sessionsSuccessfulStateful] = 1
                window.counters[CounterFamily.sessionsFailed["inference_timeout"]] = 3
            }
        )
        #expect(verdict.capacity?.bound?.name == "successful_stateful_sessions")
        #expect(verdict.capacity?.bound?.load == 5)
        #expect(verdict.capacity?.party == .inference)
    }

    @Test func aRateThatItsAgentsDoNotCarryFails() throws {
        var search = CapacitySearch()
        search.quantity = .sessions
        var fixture = LedgerFixture(agents: [20], arrivals: Arrivals(perSecond: 10), search: search)
        fixture.run(stage: 0) { window, _, _ in
            LedgerFixture.healthy(&window)
            window.counters[.sessionsDue] = 5
            window.counters[.sessionsStarted] = 5
            window.counters[.sessionsLate] = 2
            window.counters[CounterFamily.agentTime["target"]] = 10_000_000
        }
        fixture.ledger.add(FleetFact(at: fixture.timeline(0).end, .tried(stage: 0)))
        let capacity = try #require(judged(fixture).capacity)
        let attempt = try #require(capacity.tries.first)
        #expect(attempt.level == 10 && attempt.status == .fail && attempt.bound?.name == "arrivals")
        #expect(attempt.reason?.hasPrefix("20 agents do not carry 10 sessions a second") == true)
        #expect(capacity.status == .fail && capacity.reason == "Not even 10 sessions/s pass.")
    }

    @Test func twoRunsDifferWhereTheirRangesDoNotMeet() throws {
        func figures(_ level: Double?, _ low: Double, _ high: Double) -> ComparableRun.CapacityFigures {
            .init(quantity: .agents, level: level, low: low, high: high)
        }
        let worse = try #require(RunComparison.capacityRow(figures(156, 156, 160), figures(120, 120, 125)))
        #expect(worse.outcome == .worse && worse.note == "156 .. 160, then 120 .. 125")
        #expect(RunComparison.capacityRow(figures(156, 156, 160), figures(150, 150, 158))?.outcome == .same)
        #expect(RunComparison.capacityRow(figures(156, 156, 160), figures(190, 190, 200))?.outcome == .better)
        #expect(RunComparison.capacityRow(figures(156, 156, 160), figures(nil, 20, 30))?.outcome == .inconclusive)
        #expect(RunComparison.capacityRow(figures(156, 156, 160), nil)?.outcome == .untested)
    }
}
