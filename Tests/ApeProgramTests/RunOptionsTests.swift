import ApeCore
import ArgumentParser
import Testing

@testable import ApeProgram

struct RunOptionsTests {
    @Test func asksForTheValidationPlan() throws {
        let options = try RunOptions.parse(["--max-agents", "70", "--test-duration", "2", "--stage-duration", "5"])
        let plan = try options.plan()
        #expect(plan.stages.map(\.agents) == [10, 50, 70, 70])
        #expect(plan.stages.map(\.holdMicros) == [5_000_000, 5_000_000, 5_000_000, 120_000_000])
    }

    @Test func letsSessionsArrive() throws {
        let options = try RunOptions.parse(["--rate", "120/m", "--max-agents", "70", "--stage-duration", "5"])
        let plan = try options.plan()
        #expect(plan.stages.map(\.name) == ["baseline", "half_rate", "full_rate", "sustained"])
        #expect(plan.stages.map(\.arrivals) == [0.2, 1, 2, 2].map { Arrivals(perSecond: $0) })
        #expect(plan.stages.allSatisfy { $0.agents == 70 })
        #expect(plan.stages.map(\.holdMicros) == [5_000_000, 5_000_000, 5_000_000, 30 * 60_000_000])
        #expect(options.arguments.contains("120/m"))
        var scenario = Scenario(name: "s", targets: [], inference: nil, goals: [])
        #expect(try options.plan(of: scenario) == plan)
        let own = Plan(stages: [.open(agents: 1, number: 1)])
        scenario.plan = own
        #expect(try RunOptions.parse([]).plan(of: scenario) == own)
        let error = #expect(throws: ApeError.self) { try options.plan(of: scenario) }
        #expect(error?.message.contains("leave --rate out and say `sessions: 120/m`") == true)
    }

    @Test func sustainsForMinutesUnlessAUnitIsGiven() throws {
        let options = try RunOptions.parse(["--test-duration", "90s"])
        #expect(try options.plan().stages.last?.holdMicros == 90_000_000)
        #expect(try RunOptions.parse([]).plan().stages.last?.holdMicros == 30 * 60_000_000)
    }

    @Test func quickTakesLessThanNinetySeconds() throws {
        let plan = try RunOptions.parse(["--quick"]).plan()
        #expect(plan.peakAgents == 100)
        #expect(plan.durationMicros < 80_000_000)
    }

    @Test func givesAnotherProgramTheSameOptions() throws {
        let given = [
            "--max-agents", "7", "--test-duration", "9s", "--stage-duration", "3s", "--output", "o", "--results",
        ]
        let options = try RunOptions.parse(given + ["r", "--rate", "5/s", "--quick", "--strict", "--seed", "42"])
        #expect(try RunOptions.parse(options.arguments).arguments == options.arguments)
        #expect(options.arguments.contains("--strict") && options.arguments.contains("42"))
    }

    @Test(arguments: [
        ["--max-agents", "0"], ["--max-agents", "1000001"], ["--test-duration", "0"], ["--test-duration", "soon"],
        ["--rate", "30"], ["--rate", "0/s"], ["--rate", "2000000/s"], ["--rate", "-1/s"],
        ["--stage-duration", "-5s"], ["--stage-duration", "10ms"],
    ])
    func refuses(_ arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try RunOptions.parse(arguments) }
        #expect(error.map { RunOptions.fullMessage(for: $0).contains(arguments[0]) } == true)
    }
}
