import ApeCore
import ApeMetrics
import ApeRun
import ApeTestKit
import Testing

@Suite("A run's seal")
struct RunSealTests: JudgesRuns {
    private func seal(_ fixture: LedgerFixture, measuredBy: MeasuringVersion? = .current) -> RunSeal {
        let origin = RunOrigin(measuredBy: measuredBy, scenarioHash: nil, fixture.ledger)
        return RunSeal(origin, seed: 7, fixture.ledger, judged(fixture))
    }

    /// Agents that wait for half of their time have half as many requests in flight as they are.
    private func waiting(_ change: (inout Window, String, Int) -> Void = { _, _, _ in }) -> LedgerFixture {
        healthyRun(agents: [10, 40]) { window, worker, second in
            let second = Int64(window.assigned) * 1_000_000
            for name in window.counters.keys where name.isOf(.agentTime) { window.counters[name] = 0 }
            window.counters[CounterFamily.agentTime["first_token"]] = second / 8
            window.counters[CounterFamily.agentTime["generation"]] = second / 8
            window.counters[CounterFamily.agentTime["target"]] = second / 4
            window.counters[CounterFamily.agentTime["think"]] = second / 2
            change(&window, worker, Int(second))
        }
    }

    @Test func depthIsByLittlesLaw() throws {
        let seal = seal(waiting())
        let (all, peak) = (try #require(seal.inFlight), try #require(seal.inFlightAtPeak))
        #expect(abs(all.requests - 12.5) < 1e-9 && abs(all.users - 25) < 1e-9)
        #expect(abs(peak.requests - 20) < 1e-9 && abs(peak.users - 40) < 1e-9)
        #expect(seal.peakStage == "s1" && seal.seed == 7)
        #expect(seal.residualPercent == 0)
        #expect(seal.generatorShare.map { $0 < 0.05 } == true)
    }

    /// A worker of version 1.0 tells nothing of its agents' time: what is not known is not 0.
    @Test func whatNobodyToldIsNotKnown() {
        let silent = healthyRun { window, _, _ in window.counters = window.counters.filter { !$0.key.isOf(.agentTime) }
        }
        let seal = seal(silent, measuredBy: nil)
        #expect(seal.inFlight == nil && seal.inFlightAtPeak == nil && seal.residualPercent == nil)
        #expect(seal.prompts == nil && seal.origin.measuredBy == nil)
    }

    @Test func aRunThatNeverBeganKnowsNothing() {
        let empty = LedgerFixture(agents: [10], workers: [], isStarted: false)
        let seal = seal(empty)
        #expect(seal.inFlight == nil && seal.generatorShare == nil && seal.prompts == nil)
        #expect(seal.origin.hosts.isEmpty && seal.origin.hostsText == "no workers" && seal.peakStage == "s0")
    }

    @Test func promptsAreCountedOverTheFleet() throws {
        let fixture = waiting { window, worker, _ in
            window.counters[.decisions] = 5
            // One worker is of a version that does not count.
            window.counters[.promptsCounted] = worker == "a" ? 5 : nil
            window.counters[.promptsDistinct] = worker == "a" ? 2 : nil
        }
        let prompts = try #require(seal(fixture).prompts)
        #expect(prompts.counted * 2 == prompts.decisions && prompts.share == 0.4 && !prompts.isExact)
    }

    @Test func unlikeHostsAndVersionsAreTold() {
        var ledger = RunLedger(plan: Plan(stages: []))
        for (name, cpus, version) in [("c", 4, "2"), ("a", 4, "1"), ("b", 2, "1")] {
            let facts = WorkerFacts(id: name, name: name, version: version, cpus: cpus, memoryBytes: 8 << 30)
            ledger.workerKnown(facts)
        }
        let origin = RunOrigin(measuredBy: .current, scenarioHash: nil, ledger)
        #expect(origin.hosts.map(\.name) == ["a", "b", "c"])
        #expect(origin.hostsText == "2 workers with 4 CPUs and 8.0 GiB each, 1 worker with 2 CPUs and 8.0 GiB")
        #expect(origin.workersByVersion.map(\.version) == ["1", "2"])
        #expect(origin.workersByVersion.map(\.names) == [["a", "b"], ["c"]])
    }

    /// The embedded demo listens on other ports in each run, and is the same scenario all the same.
    @Test func theDemosPortsDoNotCount() {
        func hash(_ port: Int, isDemo: Bool) -> String {
            let document: JSONValue = ["targets": ["shop": ["url": .string("http://127.0.0.1:\(port)/a")]]]
            return RunOrigin.scenarioHash(of: document, isDemo: isDemo)
        }
        #expect(hash(4_000, isDemo: true) == hash(51_234, isDemo: true))
        #expect(hash(4_000, isDemo: false) != hash(51_234, isDemo: false))
    }

    @Test(arguments: [(1, 1, true), (1, 2, false), (nil, 1, false), (1, nil, false), (nil, nil, true)])
    func onlyLikeDefinitionsAreCompared(base: Int?, run: Int?, isFine: Bool) throws {
        func origin(_ definitions: Int?) -> RunOrigin {
            let version = definitions.map { MeasuringVersion(software: "0.\($0)", definitions: $0) }
            return RunOrigin(measuredBy: version, scenarioHash: nil, plan: "", planHash: nil, hosts: [])
        }
        if isFine { return try RunComparison.checkVersions(origin(base), origin(run)) }
        let error = #expect(throws: ApeError.self) { try RunComparison.checkVersions(origin(base), origin(run)) }
        #expect(error?.exitCode == .usage && error?.message.contains("--any-version") == true)
    }

    @Test func whatDiffersIsSaid() throws {
        let fixture = waiting()
        var (base, run) = (comparable(fixture), comparable(fixture))
        #expect(RunComparison(base: base, run: run).cautions.isEmpty)
        base.origin.scenarioHash = String(repeating: "a", count: 64)
        run.origin.scenarioHash = String(repeating: "b", count: 64)
        (run.origin.hosts[0].cpus, run.origin.hosts[0].memoryBytes) = (8, 8 << 30)
        run.origin.planHash = "0"
        run.origin.plan = "80 agents, 5s"
        run.origin.measuredBy = nil
        let cautions = RunComparison(base: base, run: run).cautions
        try #require(cautions.count == 4)
        #expect(
            cautions[0].hasPrefix("The runs were measured by unlike definitions: the base by measurement version 1")
        )
        #expect(cautions[1] == "The scenarios differ: aaaaaaaaaaaa in the base, bbbbbbbbbbbb in the run.")
        #expect(cautions[2] == "The plans differ: 10 -> 40 agents, 10s each in the base; 80 agents, 5s in the run.")
        #expect(cautions[3].hasPrefix("The workers' hosts differ: "))
    }

    private func comparable(_ fixture: LedgerFixture) -> ComparableRun {
        ComparableRun(
            id: "r",
            scenarioName: "shop",
            startMicros: LedgerFixture.start,
            origin: RunOrigin(measuredBy: .current, scenarioHash: nil, fixture.ledger),
            fixture.ledger,
            judged(fixture)
        )
    }
}
