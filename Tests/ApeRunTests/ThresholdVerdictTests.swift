import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

@Suite struct ThresholdVerdictTests: JudgesRuns {
    /// A run of stages of 10 s, of which each second's window of worker `a` is filled in by `change`.
    private func fixture(
        _ thresholds: [String],
        agents: [Int] = [10],
        holdSeconds: Int = 10,
        _ change: (inout Window, Int) -> Void
    ) throws -> LedgerFixture {
        var fixture = LedgerFixture(
            agents: agents,
            holdSeconds: holdSeconds,
            thresholds: try thresholds.map { try Threshold($0) }
        )
        for stage in agents.indices {
            fixture.run(stage: stage) { window, worker, second in
                LedgerFixture.healthy(&window)
                if worker == "a" { change(&window, second) }
            }
        }
        return fixture
    }

    private func verdict(
        _ threshold: String,
        agents: [Int] = [10],
        holdSeconds: Int = 10,
        rules: JudgingRules = JudgingRules(),
        _ change: (inout Window, Int) -> Void
    ) throws -> ThresholdVerdict {
        let fixture = try fixture([threshold], agents: agents, holdSeconds: holdSeconds, change)
        return try #require(judged(fixture, rules).thresholds.first)
    }

    private static func route(_ window: inout Window, _ values: [Int64]) {
        window.series[.target(route: "GET /a")] = values.reduce(into: Histogram()) { $0.record($1) }
    }

    @Test(arguments: [
        ("mean(target{route=GET /a}) < 151ms", 0.15, Verdict.Status.pass), ("mean(target) <= 149ms", 0.15, .fail),
        ("min(target) < 101ms", 0.1, .pass), ("min(target) > 100ms", 0.1, .fail), ("max(target) < 200ms", 0.2, .fail),
        ("max(target) <= 200ms", 0.2, .pass), ("p50(target) < 101ms", 0.1, .pass), ("p50(target) > 101ms", 0.1, .fail),
        ("p51(target) < 199ms", 0.2, .fail), ("count(actions{status=5xx}) < 10", 10, .fail),
        ("count(actions{status=5xx}) <= 10", 10, .pass), ("rate(actions{status=5xx}) < 1.1/s", 1, .pass),
        ("rate(actions{status=5xx}) < 59/m", 60, .fail), ("rate(actions{status=5xx}) > 3599/h", 3_600, .pass),
    ])
    func figuresAreExact(threshold: String, value: Double, status: Verdict.Status) throws {
        let found = try verdict(threshold) { window, _ in
            Self.route(&window, [100_000, 200_000])
            window.counters[.actions(.serverError)] = 1
        }
        let measured = try #require(found.measured)
        // A percentile is the upper edge of its bucket, 0.1 % wide.
        #expect(abs(measured - value) <= 0.001 * value, "\(found.details)")
        #expect(found.status == status, "\(found.details)")
    }

    @Test func shareIsOfItsWhole() throws {
        let found = try verdict("share(actions{status=5xx}) < 10%") { window, _ in
            window.counters = [.actions(.successful): 9, .actions(.serverError): 1]
        }
        // The other worker's healthy actions are in the whole too.
        let share = try #require(found.measured)
        #expect(found.samples > 100 && abs(share - 1_000 / Double(found.samples)) < 1e-9)
        #expect(found.interval.map { $0.low < share && $0.high > share } == true)
    }

    @Test(arguments: [
        "p95(first_event) < 1s", "share(route_streams_silent) < 1%", "rate(route_errors{route=GET /z}) < 1/s",
        "p95(ttft{stage=nowhere}) < 1s", "max(event_gap) < 1s in every 2s",
    ])
    func nothingMeasuredIsNoPass(threshold: String) throws {
        let found = try verdict(threshold) { window, _ in window.counters = [:] }
        #expect(found.status == .inconclusive && found.measured == nil, "\(found.details)")
    }

    /// A service that dies answers nothing: what was waited for in vain fails the condition, and no error flatters it.
    @Test func whatNeverCameFails() throws {
        let found = try verdict("p95(target) < 500ms") { window, second in
            Self.route(&window, second < 5 ? [100_000] : [30_000_000])
            if second >= 5 { window.series[SeriesFamily.failedRoute["GET /a"]] = histogram([30_000_000]) }
        }
        #expect(found.status == .fail && found.measured.map { $0 > 29 } == true)
        let errors = try verdict("p95(target) < 500ms") { window, second in
            Self.route(&window, second < 5 ? [600_000] : [1_000])
            if second >= 5 { window.series[SeriesFamily.failedRoute["GET /a"]] = histogram([1_000]) }
        }
        #expect(errors.status == .fail && errors.samples == 5)
    }

    /// A burst that lies across two stretches of the clock is found by the stretch that holds it.
    @Test func everyStretchIsJudgedFromEachSecond() throws {
        let change = { (window: inout Window, second: Int) in
            window.counters[.actions(.serverError)] = (8..<12).contains(second) ? 2 : 0
        }
        let found = try verdict("rate(actions{status=5xx}) < 1.5/s in every 4s", holdSeconds: 20, change)
        #expect(found.status == .fail && found.measured == 2)
        #expect(found.stretches?.judged == 17 && found.stretches?.failed == 3)
        #expect(
            found.details.contains("3 of 17 stretches of 4s failed; the worst began 8 s into the hold of s0: 2.0/s")
        )
        let spared = try verdict("rate(actions{status=5xx}) < 1.5/s in every 4s after 11s", holdSeconds: 20, change)
        #expect(spared.status == .pass && spared.stretches?.judged == 6)
    }

    @Test func aStretchsPercentileIsItsOwn() throws {
        let found = try verdict("p90(target) < 500ms in every 3s", holdSeconds: 20) { window, second in
            Self.route(&window, Array(repeating: second == 7 ? 800_000 : 100_000, count: 10))
        }
        #expect(found.status == .fail && found.stretches?.failed == 3 && found.samples == 30)
        #expect(found.measured.map { abs($0 - 0.8) < 0.001 } == true)
        let whole = try verdict("p90(target) < 500ms", holdSeconds: 20) { window, second in
            Self.route(&window, Array(repeating: second == 7 ? 800_000 : 100_000, count: 10))
        }
        #expect(whole.status == .pass)
    }

    @Test func stretchesAgreeWithCountingByHand() throws {
        var random = SeededRandom(seed: 11)
        let values = (0..<30).map { _ in (0..<Int(random.next() % 5)).map { _ in Int64(random.next() % 1_000) * 1_000 }
        }
        for percent in [50, 90, 99] {
            let found = try verdict("p\(percent)(target) < 700ms in every 5s", holdSeconds: 30) { window, second in
                if values.indices.contains(second) { Self.route(&window, values[second]) }
            }
            let failed = (0...25).count { start in
                let stretch = values[start..<start + 5].flatMap(\.self).sorted()
                guard !stretch.isEmpty else { return false }
                let rank = (Double(stretch.count * percent) / 100).rounded(.up)
                return stretch[max(1, Int(rank)) - 1] >= 700_000
            }
            #expect(found.stretches?.failed == failed)
        }
    }

    @Test func aStageIsJudgedAloneWhereItIsAskedFor() throws {
        let change = { (window: inout Window, _: Int) in Self.route(&window, [window.stage == 1 ? 900_000 : 100_000]) }
        let one = try verdict("p95(target{stage=s0}) < 500ms", agents: [10, 20], change)
        #expect(one.status == .pass && one.samples == 10)
        #expect(try verdict("p95(target{stage=s1}) < 500ms", agents: [10, 20], change).status == .fail)
    }

    @Test func noPoolHidesAStage() throws {
        let found = try verdict("mean(target) < 500ms", agents: [10, 20, 30, 40], holdSeconds: 20) { window, second in
            Self.route(&window, [window.stage == 1 ? 900_000 + Int64(second) : 100_000 + Int64(second)])
        }
        #expect(found.status == .fail && found.reason?.contains("Stage s1 by itself fails it") == true)
        #expect(found.measured.map { $0 < 0.5 } == true)
    }

    @Test func aMarginalOneFailsWhereStrict() throws {
        let change = { (window: inout Window, second: Int) in Self.route(&window, [second % 2 == 0 ? 300_000 : 650_000])
        }
        let found = try verdict("mean(target) < 500ms", change)
        #expect(found.status == .pass && found.isMarginal && found.statusText == "PASS (marginal)")
        let strict = try verdict("mean(target) < 500ms", rules: JudgingRules(strict: true), change)
        #expect(strict.status == .fail)
    }

    @Test func oneThatFailsFailsTheRun() throws {
        let run = judged(
            try fixture(["p95(target) < 50ms", "p95(target) < 1s"]) { window, _ in Self.route(&window, [100_000]) }
        )
        #expect(run.thresholds.map(\.status) == [.fail, .pass] && run.status == .fail && run.exitCode == .failed)
        let open = judged(try fixture(["p95(event_gap) < 1s"]) { _, _ in })
        #expect(open.status == .inconclusive && open.exitCode == .inconclusive)
    }

    private func watched(_ threshold: String, upTo second: Int, _ change: (inout Window, Int) -> Void) throws -> Bool {
        let fixture = try fixture([threshold], holdSeconds: 30) { window, second in
            window.counters = [.actions(.successful): 10]
            change(&window, second)
        }
        // Of both workers all seconds are there; the clock stands in the hold.
        let start = fixture.timeline(0).holdStart
        var ledger = fixture.ledger
        ledger.books.end(atMicros: start.micros + Int64(second) * 1_000_000)
        return ThresholdWatch.failure(in: ledger, at: start + Micros.seconds(Int64(second))) != nil
    }

    @Test func theWatchWaitsForItsStretch() throws {
        let errors = { (window: inout Window, _: Int) in window.counters[.actions(.serverError)] = 3 }
        #expect(try watched("rate(actions{status=5xx}) < 1/s in every 10s abort", upTo: 30, errors))
        #expect(try !watched("rate(actions{status=5xx}) < 1/s in every 10s", upTo: 30, errors))
        #expect(try !watched("rate(actions{status=5xx}) < 9/s in every 10s abort", upTo: 30, errors))
        #expect(try watched("count(actions{status=5xx}) < 5 abort", upTo: 30, errors))
        // A total can still come.
        #expect(try !watched("count(actions{status=5xx}) > 5000 abort", upTo: 30, errors))
    }

    @Test func theOneThatEndedTheRunHasFailed() throws {
        var fixture = try fixture(["mean(target) < 1s abort", "mean(gap) < 9s"]) { window, _ in
            Self.route(&window, [100_000])
        }
        fixture.ledger.abortedBy = "mean(target) < 1s"
        fixture.ledger.ending(atMicros: fixture.timeline(0).holdStart.micros + 4_000_000)
        let run = judged(fixture, outcome: .aborted(threshold: "mean(target) < 1s"))
        #expect(run.thresholds.map(\.status) == [.fail, .inconclusive])
        #expect(run.thresholds.map(\.endedRun) == [true, false] && run.exitCode == .failed)
    }
}
