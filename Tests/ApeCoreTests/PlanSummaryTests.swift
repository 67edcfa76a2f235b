import Testing

@testable import ApeCore

@Suite("A plan in a few words")
struct PlanSummaryTests {
    private static func stage(_ agents: Int, _ seconds: Int64, isOpen: Bool = false) -> Stage {
        Stage(
            name: "s\(agents)",
            agents: agents,
            rampMicros: 0,
            warmupMicros: 0,
            holdMicros: seconds * 1_000_000,
            isOpen: isOpen
        )
    }

    @Test(arguments: [
        ([], "no stages"), ([stage(1, 90)], "1 agent, 90s"),
        ([stage(10, 60), stage(50, 60), stage(1000, 60)], "10 -> 50 -> 1000 agents, 1m each"),
        ([stage(10, 60), stage(50, 60), stage(50, 1800)], "10 -> 50 agents, 1m each, then 50 agents, 30m"),
        ([stage(40, 0, isOpen: true)], "40 agents, held until it is ended"),
    ])
    func isTold(stages: [Stage], words: String) {
        #expect(Plan(stages: stages).summary == words)
    }

    @Test func arrivalsAndSearchesAreTold() {
        var (slow, fast) = (Self.stage(2000, 60), Self.stage(2000, 60))
        (slow.arrivals, fast.arrivals) = (Arrivals(perSecond: 10), Arrivals(perSecond: 30))
        let plan = Plan(stages: [Self.stage(10, 60), slow, fast])
        #expect(
            plan.summary == "10 agents, 1m, then 10/s -> 30/s sessions by at most 2000 agents, 1m each"
        )
        var other = plan
        other.stages[1].arrivals?.pattern = .even
        #expect(
            other.sha256 != plan.sha256 && other.summary.contains("10/s sessions evenly by at most 2000 agents, 1m")
        )
        var search = Plan(stages: [Self.stage(10, 30)])
        search.search = CapacitySearch()
        #expect(search.summary == "search from 10 to 2000 agents, holds of 30s, to 5.0 %")
        // What it came to is no part of what was asked.
        var longer = search
        longer.stages.append(Self.stage(40, 30))
        #expect(longer.sha256 == search.sha256)
        longer.search?.precision = 0.1
        #expect(longer.sha256 != search.sha256)
    }

    @Test func aLongPlanIsCut() {
        let twelve = (1...12).map { Self.stage($0, 5) }
        #expect(Plan(stages: twelve).summary.hasSuffix("11 -> 12 agents, 5s each"))
        let many = (1...200).map { Self.stage($0, 5) }
        #expect(
            Plan(stages: many).summary
                == "1 -> 2 -> 3 -> 4 -> 5 -> 6 -> 7 -> 8 -> 9 -> 10 -> 11 agents, 5s each, then 189 stages more of at most "
                + "200 agents"
        )
    }

    @Test func everythingOfAStageIsInTheHash() {
        let plan = Plan(stages: [Self.stage(10, 60)])
        let changes: [(inout Stage) -> Void] = [
            { $0.agents = 11 }, { $0.holdMicros += 1_000_000 }, { $0.rampMicros = 1_000_000 }, { $0.isOpen = true },
            { $0.warmupMicros = 1_000_000 }, { $0.name = "other" },
        ]
        let hashes = changes.map { change in
            var other = plan
            change(&other.stages[0])
            return other.sha256
        }
        #expect(Set(hashes + [plan.sha256]).count == 7)
    }
}
