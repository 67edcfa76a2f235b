import ApeCore
import ApeMetrics
import ApeTestKit
import Testing

@testable import ApeRun

/// Tokens, what they cost, and when a run has cost enough.
struct TokenCountTests {
    private func measures(_ counters: [CounterName: Int64]) -> Measures {
        var tally = WindowTally()
        for (name, number) in counters { tally.add(name, number) }
        var measures = Measures()
        measures.add(tally)
        return measures
    }

    private let price: Scenario.TokenPrice = {
        var price = Scenario.TokenPrice(input: 2, output: 8)
        (price.cachedInput, price.cacheWrite) = (0.2, 2.5)
        return price
    }()

    @Test func eachKindHasItsPrice() throws {
        let tokens = try #require(
            TokenCount([
                measures([
                    .tokensIn: 800_000, .tokensCached: 300_000, .tokensCacheWrite: 100_000, .tokensOut: 40_000,
                    .tokensReasoning: 30_000,
                ]), measures([.tokensIn: 200_000, .tokensCached: 200_000, .tokensOut: 10_000, .tokensEstimated: 7]),
            ])
        )
        #expect(tokens.input == 1_000_000 && tokens.cached == 500_000 && tokens.cacheWrite == 100_000)
        #expect(tokens.output == 50_000 && tokens.reasoning == 30_000 && tokens.estimated == 7)
        #expect(tokens.all == 1_050_000 && tokens.cachedShare == 0.5)
        // 400,000 at 2, 500,000 at 0.2, 100,000 at 2.5, 50,000 at 8: reasoning is paid as what it is part of.
        #expect(abs(tokens.cost(at: price) - (0.8 + 0.1 + 0.25 + 0.4)) < 1e-12)
        // What has no price of its own costs what any input does.
        #expect(abs(tokens.cost(at: Scenario.TokenPrice(input: 2, output: 8)) - 2.4) < 1e-12)
    }

    @Test func aWorkerThatTellsOfNoKindsIsRead() throws {
        let old = try #require(TokenCount([measures([.tokensIn: 400, .tokensOut: 40])]))
        #expect(old.cached == 0 && old.cacheWrite == 0 && old.reasoning == 0 && old.estimated == 0)
        #expect(old.cachedShare == 0)
    }

    @Test func whatNobodyToldOfIsNotNothing() {
        #expect(TokenCount([Measures()]) == nil)
        #expect(TokenCount([measures([.decisions: 5, .tokensCached: 5])]) == nil)
        #expect(RunLedger(plan: Plan(stages: [])).tokens == nil)
    }

    @Test func numbersOfAHostilePeerNeitherTrapNorDisagree() throws {
        let all: [CounterName] = [
            .tokensIn, .tokensOut, .tokensCached, .tokensCacheWrite, .tokensReasoning, .tokensEstimated,
        ]
        let most = measures(Dictionary(uniqueKeysWithValues: all.map { ($0, Int64.max) }))
        let tokens = try #require(TokenCount([most, most, most]))
        #expect(tokens.input == .max && tokens.output == .max && tokens.all == .max)
        #expect(tokens.cached == .max && tokens.cacheWrite == 0)
        #expect(tokens.cost(at: price).isFinite && tokens.cost(at: price) > 0)
        let odd = try #require(TokenCount([measures([.tokensIn: 10, .tokensCached: 8, .tokensCacheWrite: 8])]))
        #expect(odd.cached == 8 && odd.cacheWrite == 2)
        let none = measures([.tokensIn: -5, .tokensOut: 10, .tokensReasoning: 11, .tokensEstimated: 99])
        let clamped = try #require(TokenCount([none]))
        #expect(clamped.input == 0 && clamped.reasoning == 10 && clamped.estimated == 10)
        #expect(clamped.cachedShare == nil)
    }

    @Test func aTallyHoldsItsCountersAtTheirBound() {
        var tally = WindowTally()
        tally.add(.tokensIn, .max)
        tally.add(.tokensIn, 1)
        #expect(tally.counters[.tokensIn] == .max)
    }

    // MARK: The budget

    /// One stage of 2 + 10 s; two workers of which each uses 100,000 tokens in every second.
    private func spending(seconds: Int) -> RunLedger {
        var fixture = LedgerFixture(agents: [10])
        for second in -2..<seconds - 2 {
            for worker in ["a", "b"] {
                var window = fixture.window(stage: 0, second: second)
                window.counters[.tokensIn] = 100_000
                fixture.ledger.add(worker: worker, window: window)
            }
        }
        return fixture.ledger
    }

    @Test func aBudgetIsReachedBySecondsOfAllPhases() {
        let limit = CostLimit(price: Scenario.TokenPrice(input: 1, output: 1), budget: 1)
        #expect(spending(seconds: 4).tokens?.input == 800_000 && !limit.isReached(by: spending(seconds: 4)))
        #expect(limit.isReached(by: spending(seconds: 5)))
        #expect(!limit.isReached(by: spending(seconds: 0)))
    }

    @Test func lateWindowsAreMoneyToo() {
        let limit = CostLimit(price: Scenario.TokenPrice(input: 1, output: 1), budget: 0.9)
        var ledger = spending(seconds: 4)
        #expect(!limit.isReached(by: ledger))
        var late = LedgerFixture(agents: [10]).window(stage: 0, second: 1)
        late.isLate = true
        late.counters[.tokensOut] = 100_000
        ledger.add(worker: "a", window: late)
        #expect(limit.isReached(by: ledger))
    }

    @Test func aLimitNeedsAPriceAndABudget() throws {
        var scenario = try Scenario(document: [
            "name": "one", "targets": ["shop": ["url": "http://127.0.0.1:9", "endpoints": ["GET /"]]],
            "inference": ["url": "http://127.0.0.1:8/v1", "model": "m"],
            "goals": ["look": ["prompt": "Look.", "success": [["answer": "GET /", "status": 200]]]],
        ])
        #expect(CostLimit(scenario) == nil)
        scenario.inference?.budget = 3
        #expect(CostLimit(scenario) == nil)
        scenario.inference?.price = price
        #expect(CostLimit(scenario) == CostLimit(price: price, budget: 3))
    }

    @Test(arguments: [
        (0, "0.00"), (12.345, "12.35"), (1, "1.00"), (0.5, "0.500"), (0.0312, "0.0312"), (0.000_123_4, "0.000123"),
        (0.000_000_000_1, "0.00000000"), (1234.5, "1234.50"),
    ])
    func moneyHasTheDigitsThatCount(amount: Double, text: String) {
        #expect(FigureText.cost(amount) == text)
    }

    // MARK: What a run comes to

    @Test func aRunThatItsBudgetCutShortDoesNotPass() {
        var fixture = LedgerFixture(agents: [10, 20])
        fixture.run(stage: 0) { window, _, _ in LedgerFixture.healthy(&window) }
        let rules = JudgingRules(targets: [.maxConcurrentAgents: 10])
        fixture.ledger.ended(atMicros: fixture.timeline(1).start.micros)
        let cut = RunVerdict(judging: fixture.ledger, rules: rules, outcome: .budgetSpent)
        #expect(cut.status == .inconclusive && cut.exitCode == .inconclusive)
        #expect(cut.stages.map(\.status) == [.pass, .inconclusive])
    }
}
