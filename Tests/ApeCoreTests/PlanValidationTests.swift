@testable import ApeCore
import Testing

@Suite struct PlanValidationTests {
    private func plan(_ maxAgents: Int, quick: Bool = false) -> Plan {
        .validation(maxAgents: maxAgents, testDurationMicros: 1_800_000_000, quick: quick)
    }

    @Test(arguments: [
        (1000, [10, 50, 100, 200, 500, 1000, 500]), (300, [10, 50, 100, 200, 300, 300]), (50, [10, 50, 50]),
        (20, [10, 20, 20]), (10, [10, 10, 10]), (4, [4, 4, 4]), (1, [1, 1, 1]), (0, [1, 1, 1]),
        (1001, [10, 50, 100, 200, 500, 1000, 1001, 500]), (2000, [10, 50, 100, 200, 500, 1000, 2000, 500]),
        (10_000, [10, 50, 100, 200, 500, 1000, 2000, 4000, 8000, 10_000, 500]),
    ])
    func asksForTheseAgents(maxAgents: Int, agents: [Int]) {
        #expect(plan(maxAgents).stages.map(\.agents) == agents)
    }

    @Test func holdsForTheseTimes() {
        let stages = plan(1000).stages
        #expect(stages.map(\.name).first == "baseline")
        #expect(stages.dropFirst().dropLast().allSatisfy { $0.name == "scaling_\($0.agents)" })
        #expect(stages.dropLast().allSatisfy { $0.holdMicros == 60_000_000 })
        #expect(stages.last?.name == "sustained")
        #expect(stages.last?.holdMicros == 1_800_000_000)
        #expect(stages.map(\.rampMicros) == [5, 5, 5, 5, 5, 10, 5].map { $0 * 1_000_000 })
        #expect(plan(100_000).stages.map(\.rampMicros).max() == 30_000_000)
        #expect(stages.allSatisfy { $0.warmupMicros == 5_000_000 })
    }

    @Test func stageDurationIsEveryStagesButTheLast() {
        let plan = Plan.validation(
            maxAgents: 100,
            testDurationMicros: 1_500_000,
            stageDurationMicros: 2_000_001,
            quick: false
        )
        #expect(plan.stages.map(\.holdMicros) == [3, 3, 3, 2].map { $0 * 1_000_000 })
    }

    @Test(arguments: [1, 30, 100, 1000])
    func quickEndsWithin90Seconds(maxAgents: Int) {
        let quick = plan(maxAgents, quick: true)
        #expect(quick.peakAgents == min(maxAgents, 100))
        #expect(quick.durationMicros <= 75_000_000)
        #expect(quick.stages.last?.holdMicros == 20_000_000)
        #expect(quick.stages.dropLast().allSatisfy { $0.holdMicros == 10_000_000 })
    }

    @Test func everyTimeIsWholeSecondsAndNothingExceedsTheGreatest() {
        for maxAgents in [1, 7, 99, 501, 4096, 1_000_000, .max] {
            for quick in [false, true] {
                let plan = plan(maxAgents, quick: quick)
                let peak = min(maxAgents, quick ? 100 : Plan.maximumAgents)
                #expect(plan.peakAgents == peak)
                #expect(plan.stages.dropLast().last?.agents == peak)
                for stage in plan.stages {
                    #expect(stage.agents >= 1)
                    for time in [stage.rampMicros, stage.warmupMicros, stage.holdMicros] {
                        #expect(time > 0 && time % 1_000_000 == 0)
                    }
                }
            }
        }
    }
}
