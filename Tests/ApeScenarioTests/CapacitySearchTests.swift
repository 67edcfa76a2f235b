import Testing

@testable import ApeCore

/// A plan that searches, in a scenario and as JSON.
@Suite struct CapacitySearchTests {
    private func read(_ search: String) throws -> CapacitySearch? {
        try ScenarioSamples.read(ScenarioSamples.least + "\nplan: {search: {\(search)}}\n").scenario.plan?.search
    }

    private func problems(_ plan: String) -> String {
        ScenarioSamples.problems(ScenarioSamples.least + "\nplan: \(plan)\n").joined(separator: "\n")
    }

    @Test func everySettingIsRead() throws {
        let search = try #require(
            try read("of: agents, from: 20, to: 400, agents: 50, hold: 20s, ramp: 3s, warmup: 4s, precision: 2.5%")
        )
        var expected = CapacitySearch()
        (expected.from, expected.to, expected.agents) = (20, 400, 50)
        (expected.holdMicros, expected.rampMicros, expected.warmupMicros) = (20_000_000, 3_000_000, 4_000_000)
        expected.precision = 0.025
        #expect(search == expected)
        #expect(try CapacitySearch(json: search.json) == search)
        #expect(try read("") == CapacitySearch())
    }

    @Test func thePlanBeginsWithTheFirstTry() throws {
        let plan = Plan(try #require(try read("from: 250, to: 400")))
        #expect(
            plan.stages == [
                Stage(
                    name: "try_1",
                    agents: 250,
                    rampMicros: 5_000_000,
                    warmupMicros: 5_000_000,
                    holdMicros: 30_000_000
                )
            ]
        )
    }

    @Test(arguments: [
        ("{search: {frm: 5}}", "plan.search.frm: unknown key; did you mean `from`?"),
        ("{search: {from: 50, to: 20}}", "plan.search: `to` is below `from`, which is 50"),
        ("{search: {from: 1.5}}", "plan.search: `from` and `to` are whole numbers where agents are searched"),
        ("{search: {precision: 5}}", "plan.search.precision: must be a percentage from 0.5% to 50%, such as 5%, not"),
        ("{search: {hold: 1500ms}}", "plan.search.hold: must be whole seconds"),
        ("{search: {of: users}}", "plan.search.of: must be one of agents"),
        ("{stages: []}", "plan.stages: unknown key"),
        ("{}", "plan: must be a list of stages, or a map with `search`"),
    ])
    func whatIsWrongIsToldWithItsPlace(plan: String, expected: String) {
        #expect(problems(plan).contains(expected), "\(problems(plan))")
    }

    @Test(arguments: [(157.4, 157), (12_345.6, 12_346)] as [(Double, Double)])
    func agentsAreWhole(level: Double, expected: Double) {
        #expect(CapacitySearch().rounded(level) == expected)
    }

    @Test(arguments: [(31.416, 31.4, "31.4"), (0.12345, 0.123, "0.123"), (7, 7, "7"), (1234.5, 1230, "1230")])
    func sessionsHaveThreeDigits(level: Double, expected: Double, text: String) {
        var search = CapacitySearch()
        search.quantity = .sessions
        #expect(search.rounded(level) == expected)
        #expect(search.digits(expected) == text)
    }

    @Test func whatAnOverloadLeftBehindHasTimeToDrain() {
        let search = CapacitySearch()
        #expect(search.stage(level: 10, number: 2, settleMicros: 8_200_000).warmupMicros == 9_000_000)
        #expect(search.stage(level: 10, number: 2, settleMicros: 1_000_000).warmupMicros == 5_000_000)
    }
}
