import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeReport
import ApeRun
import Testing

@Suite struct OptimizationTests {
    private func first(_ fixture: OptimizationFixture) throws -> Recommendation {
        try #require(fixture.analysis.recommendations.first)
    }

    private func improvement(_ key: KPIKey, of recommendation: Recommendation) throws -> Improvement {
        try #require(recommendation.improvements.first { $0.key == key })
    }

    @Test func halvingTTFTTakesHalfOfItOutOfTheGap() throws {
        let fixture = OptimizationFixture(firstToken: 400)
        let half = try #require(fixture.analysis.whatIfs.first { $0.name == "ttft_halved" })
        let mtba = try #require(half.improvements.first { $0.key == .mtbaThreshold })
        // The same run with first tokens that come in half the time.
        let other = fixture.analysis.verdict[.cognitiveLatencyTTFT]?.measured ?? 0
        #expect(abs(mtba.current - (other + 0.12)) < 1e-9)
        #expect(abs(mtba.expected - (other / 2 + 0.12)) < 1e-9)
        #expect(abs(mtba.gain - other / 2) < 1e-9)
        let interval = try #require(mtba.expectedInterval)
        let gain = try #require(mtba.gainInterval)
        #expect(interval.low < mtba.expected && mtba.expected < interval.high)
        #expect(gain.low < mtba.gain && mtba.gain < gain.high)
        let ttft = try #require(half.improvements.first { $0.key == .cognitiveLatencyTTFT })
        #expect(abs(ttft.expected - other / 2) < 1e-12)
        #expect(half.improvements.contains { $0.key == .mtbaHighLoad } == false)
    }

    @Test func aSlowModelIsNamedWithItsShare() throws {
        let found = try first(OptimizationFixture(firstToken: 3_000))
        #expect(found.category == .inference && found.cause == .inference && found.priority == .high)
        #expect(found.id == "inference-first-token")
        // 3.002 s of 3.122 s.
        #expect(found.description.contains("96 % of the mean gap"), "\(found.description)")
        let mtba = try improvement(.mtbaThreshold, of: found)
        #expect(mtba.meetsTarget && mtba.current > 3)
        #expect(try improvement(.cognitiveLatencyTTFT, of: found).meetsTarget)
    }

    @Test func aModelThatQueuesIsToldFromOneThatIsSlow() throws {
        var fixture = OptimizationFixture(firstToken: 900)
        #expect(try first(fixture).action.contains("faster model"))
        fixture.change = { window, _ in
            guard window.stage == 1 else { return }
            window.series[.ttft] = Histogram()
            window.record(.ttft, 4_000_000)
        }
        #expect(try first(fixture).description.contains("rises from 0.902 s at 10 agents to 4.000 s at 100"))
        fixture.change = { window, _ in window.record(SeriesName(rawValue: "server_queue"), 700_000) }
        #expect(try first(fixture).action.contains("slots or replicas"))
    }

    @Test func aSlowRouteIsNamed() throws {
        let found = try first(OptimizationFixture(slowTarget: 4_000))
        #expect(found.id == "target-slow GET /api/slow" && found.category == .performance && found.cause == .target)
        #expect(found.priority == .high)
        #expect(found.action == "Bring GET /api/slow from 4.000 s to 0.020 s, as the other routes take.")
        // Two of ten gaps lose 3.98 s.
        #expect(abs(try improvement(.mtbaThreshold, of: found).gain - 0.796) < 1e-9)
    }

    @Test func aRouteThatFailsIsTheTargets() throws {
        var fixture = OptimizationFixture(retryWait: 50)
        fixture.change = { window, _ in
            window.counters[CounterFamily.routeRequests["POST /api/checkout"]] = 10
            window.counters[CounterFamily.routeErrors["POST /api/checkout 503 target"]] = 2
            window.counters[CounterFamily.routeErrors["GET /api/fast 404 simulation"]] = 4
            window.counters[CounterFamily.sessionFailures["target_5xx 503 POST /api/checkout buy"]] = 2
            window.counters[.sessionsSucceeded] = 8
            window.counters[.sessionsSuccessfulStateful] = 8
            window.counters[.sessionsFailed(.target5xx)] = 2
        }
        let found = try first(fixture)
        #expect(found.id == "target-errors POST /api/checkout" && found.category == .sessionSuccess)
        #expect(found.cause == .target && found.priority == .high)
        #expect(found.description.contains("in 20 % of 400 attempts (95 %: 16.4 .. 24.2 %)"), "\(found.description)")
        let sessions = try improvement(.successfulStatefulSessions, of: found)
        #expect(sessions.current == 80 && sessions.expected == 100)
        // All waits before retries are the route's.
        #expect(abs(try improvement(.mtbaThreshold, of: found).gain - 0.05) < 1e-9)
        #expect(!fixture.analysis.recommendations.contains { $0.description.contains("404") })
    }

    /// As where it began before the hold, or a worker tells reasons alone: the route that fails is the likely one.
    @Test func aFailureWithoutARouteIsFoundOnce() {
        var fixture = OptimizationFixture(retryWait: 50)
        fixture.change = { window, _ in
            window.counters[CounterFamily.routeRequests["POST /api/checkout"]] = 10
            window.counters[CounterFamily.routeErrors["POST /api/checkout 503 target"]] = 2
            window.counters[.sessionsFailed(.target5xx)] = 1
        }
        let found = fixture.analysis.recommendations.map(\.id)
        #expect(found.count { $0 == "target-errors POST /api/checkout" } == 1, "\(found)")
    }

    /// Nothing shows then how sessions go on that do not meet the failure; some may have failed elsewhere.
    @Test(arguments: [10, 9] as [Int64])
    func whatFailsEverySessionIsNamedFirst(there: Int64) throws {
        var fixture = OptimizationFixture()
        fixture.change = { window, _ in
            window.counters[CounterFamily.routeRequests["POST /order"]] = there
            window.counters[CounterFamily.routeErrors["POST /order 500 target"]] = there
            window.counters[CounterFamily.sessionFailures["target_5xx 500 POST /order buy"]] = there
            window.counters[.sessionsSucceeded] = nil
            window.counters[.sessionsSuccessfulStateful] = nil
            window.counters[.sessionsFailed(.target5xx)] = 10
        }
        let found = try first(fixture)
        #expect(found.id == "target-errors POST /order" && found.priority == .high)
        #expect(found.improvements.isEmpty && found.expectedWords.contains("cannot be computed"))
    }

    /// Only a session that had been let in can be lost.
    @Test(arguments: [
        (Int64(10), "The target refuses every request for POST /login: "), (40, "The target refuses what it"),
    ])
    func aLoginThatIsAlwaysRefusedIsNoLostSession(requests: Int64, begins: String) throws {
        var fixture = OptimizationFixture()
        fixture.change = { window, _ in
            window.counters[CounterFamily.routeRequests["POST /login"]] = requests
            window.counters[CounterFamily.routeErrors["POST /login 403 target"]] = 10
            window.counters[CounterFamily.sessionFailures["target_4xx 403 POST /login buy"]] = 10
            window.counters[.sessionsSucceeded] = nil
            window.counters[.sessionsSuccessfulStateful] = nil
            window.counters[.sessionsFailed(.target4xx)] = 10
        }
        let found = try first(fixture)
        #expect(found.description.hasPrefix(begins), "\(found.description)")
    }

    @Test func aModelThatErrsIsTheSimulations() throws {
        var fixture = OptimizationFixture()
        fixture.change = { window, _ in
            window.counters[CounterName(rawValue: "simulation_errors")] = 2
            window.counters[.sessionsSucceeded] = 7
            window.counters[.sessionsSuccessfulStateful] = 7
            window.counters[.sessionsFailed(.invalidToolCalls)] = 2
            window.counters[.sessionsFailed(.stepLimit)] = 1
        }
        let found = fixture.analysis.recommendations
        let mistakes = try #require(found.first { $0.id == "simulation-mistakes" })
        #expect(mistakes.cause == .simulation && mistakes.category == .sessionSuccess && mistakes.priority == .high)
        #expect(mistakes.description.contains("The model errs, or the goal's wording misleads it: 20 %"))
        #expect(try improvement(.successfulStatefulSessions, of: mistakes).expected == 87.5)
        #expect(found.contains { $0.id == "simulation-limits" && $0.cause == .scenario })
        #expect(!found.contains { $0.cause == .target })
    }

    @Test func whatAChokedWorkerMeasuredBlamesNobodyElse() throws {
        var fixture = OptimizationFixture(firstToken: 3_000, slowTarget: 4_000)
        fixture.change = { window, worker in
            if worker == "alpha" { window.host.loopLagMeanMicros = 900_000 }
        }
        let analysis = fixture.analysis
        #expect(analysis.verdict.status == .inconclusive)
        #expect(analysis.recommendations.map(\.id) == ["resources-workers"])
        let found = try #require(analysis.recommendations.first)
        #expect(found.category == .resources && found.cause == .harness && found.priority == .high)
        #expect(found.action.contains("Run 4 workers instead of 2 for 100 agents"))
        #expect(found.expectedWords.contains("mtba_threshold"))
        #expect(analysis.whatIfs.isEmpty)
    }

    @Test func workersAreCountedByWhatOneRanWithoutChoking() throws {
        var fixture = OptimizationFixture(agents: [10, 100])
        fixture.change = { window, _ in if window.stage == 1 { window.host.processCPUPercent = 99 } }
        let found = try #require(fixture.analysis.recommendations.first { $0.id == "resources-workers" })
        // Five agents each in the stage that was sound.
        #expect(found.action.contains("Run 20 workers instead of 2 for 100 agents"))
    }

    @Test func aRunThatPassesHasItsNextBottleneck() throws {
        let found = OptimizationFixture().analysis.recommendations
        #expect(found.map(\.id) == ["inference-first-token", "inference-generation"])
        #expect(found.allSatisfy { $0.priority == .low })
        let flat = OptimizationFixture(firstToken: 5, generation: 1, target: 1, slowTarget: 1, think: 900)
        #expect(flat.analysis.recommendations.map(\.id) == ["inference-first-token"])
        #expect(OptimizationFixture().report.recommendations.allSatisfy { !$0.contains("first token") })
    }

    @Test func pausesAreNamedOnlyWhereTheyStandInTheWay() {
        #expect(!OptimizationFixture(think: 500).analysis.recommendations.contains { $0.id == "scenario-think" })
        let slow = OptimizationFixture(think: 5_000).analysis.recommendations
        #expect(slow.first?.id == "scenario-think" && slow.first?.cause == .scenario)
    }

    @Test func everythingThatIsRecommendedHasItsFigures() {
        let fixtures = [
            OptimizationFixture(), OptimizationFixture(firstToken: 3_000), OptimizationFixture(slowTarget: 4_000),
            OptimizationFixture(retryWait: 800), OptimizationFixture(think: 5_000),
        ]
        for found in fixtures.flatMap(\.analysis.recommendations) {
            #expect(!found.evidence.isEmpty && found.expectedWords.count > 10 && !found.steps.isEmpty, "\(found.id)")
            #expect(found.evidence.allSatisfy { $0.value.isFinite && !$0.words.isEmpty })
            #expect(found.improvements.allSatisfy { $0.expected.isFinite && $0.gain > 0 }, "\(found.id)")
        }
    }

    @Test func nothingMeasuredRecommendsNothing() {
        let report = ReportFixture.report(agents: [10]) { _, _ in false }
        #expect(report.analysis.recommendations.isEmpty)
        #expect(report.analysis.potentialPercent == 0)
    }
}
