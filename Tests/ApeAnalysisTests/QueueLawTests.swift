@testable import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun
import Testing

@Suite struct QueueLawTests {
    /// Points of a rate, each with its MTBA, and with a target that takes `service` where nobody waits.
    static func points(
        _ sizes: [Double],
        service: Double? = nil,
        cycle: Double = 0,
        _ throughput: (Double) -> Double
    ) -> [ScalingPoint] {
        sizes.map { size in
            let rate = throughput(size)
            let parts = service.map { service in
                let waiting = max(service, size / rate - cycle + service)
                return [GapBreakdown.Part.target: about(waiting), .think: about(cycle - service)]
            }
            return ScalingPoint(stage: "s", agents: size, throughput: rate, mtba: size / rate, parts: parts ?? [:])
        }
    }

    private static func about(_ value: Double) -> ScalingLaw.Estimate {
        .init(value: value, interval: Interval(low: 0.97 * value, high: 1.03 * value))
    }

    private func queue(_ analysis: ScalingAnalysis) throws -> ScalingLaw.Queue {
        try #require(analysis.law?.queue, "\(analysis.reason ?? "contention")")
    }

    private func holds(_ estimate: ScalingLaw.Estimate, _ truth: Double, within share: Double) -> Bool {
        abs(estimate.value / truth - 1) <= share
            && (estimate.interval.low...estimate.interval.high).contains(truth)
    }

    /// The steady state of the machine repairman model, from its balance equations: N agents, c servers, Z = 1.
    private func repairmen(_ agents: Int, _ servers: Int, service: Double) -> Double {
        var weights = [1.0]
        for number in 1...agents {
            let rate = Double(min(number, servers)) / service
            weights.append(weights[number - 1] * Double(agents - number + 1) / rate)
        }
        let thinking = weights.enumerated().reduce(0) { $0 + Double(agents - $1.offset) * $1.element }
        return thinking / weights.reduce(0, +)
    }

    @Test(arguments: [(1, 1, 0.3), (5, 2, 0.5), (40, 3, 0.1), (12, 8, 2.0), (150, 20, 0.25)])
    func theNetworkIsThatOfTheBalanceEquations(agents: Int, servers: Int, service: Double) {
        let cycle = 1 + service
        let network = QueueNetwork(knee: Double(servers) / service * cycle, serviceShare: service / cycle)
        let expected = repairmen(agents, servers, service: service)
        #expect(abs(network.throughput(atAgents: Double(agents)) / cycle - expected) < 1e-9 * expected)
    }

    @Test func withoutThinkTimeTheNetworkIsItsBound() {
        let network = QueueNetwork(knee: 8, serviceShare: 1)
        #expect([2, 7.5, 8, 9, 4_000].map { network.throughput(atAgents: $0) } == [2, 7.5, 8, 8, 8])
        let large = QueueNetwork(knee: 5_000, serviceShare: 0.2)
        #expect(abs(large.throughput(atAgents: 1_000) - 1_000) < 1e-6)
        #expect(abs(large.throughput(atAgents: 20_000) - 5_000) < 1e-6)
    }

    /// Eight servers of 50 ms that take the same time each time: 160 a second from 8 agents on.
    @Test func constantServiceWithoutThinkTimeIsAQueue() throws {
        let network = ClosedNetwork(servers: 8, service: .constant(0.05))
        let data = network.points([2, 4, 8, 12, 20, 40], seconds: 8)
        let found = try queue(ScalingAnalysis(points: data))
        #expect(holds(found.greatest, 160, within: 0.01))
        #expect(holds(found.cycle, 0.05, within: 0.01))
        #expect(holds(found.knee, 8, within: 0.02))
        let service = try #require(found.service)
        #expect(service.parts == [.target] && abs(service.time.value - 0.05) < 1e-9)
        #expect(holds(service.servers, 8, within: 0.01))
        let law = try #require(ScalingAnalysis(points: data).law)
        #expect(law.sigma == nil && law.kappa == nil && law.peakAgents == nil)
        #expect(abs(try #require(law.mtba(atAgents: 40)) - 0.25) < 0.003)
    }

    /// What rounds the knee: service that varies, and thinking that does. R0 is 0.15 s, the knee at 24 agents.
    @Test(
        arguments: [
            ClosedNetwork.Time.constant(0.05), .exponential(mean: 0.05), .uniform(0.02...0.08),
        ],
        [ClosedNetwork.Time.uniform(0.05...0.15), .exponential(mean: 0.1), .constant(0.1)]
    )
    func serversBehindThinkingAgentsAreAQueue(service: ClosedNetwork.Time, think: ClosedNetwork.Time) throws {
        let network = ClosedNetwork(servers: 8, service: service, think: think)
        let data = network.points([4, 8, 16, 24, 32, 64], seconds: 60)
        let found = try queue(ScalingAnalysis(points: data))
        #expect(holds(found.greatest, 160, within: 0.04), "\(found.greatest)")
        #expect(holds(found.cycle, 0.15, within: 0.04), "\(found.cycle)")
        #expect(holds(found.knee, 24, within: 0.06), "\(found.knee)")
        let servers = try #require(found.service).servers
        #expect(holds(servers, 8, within: 0.06), "\(servers)")
    }

    /// Without the gap's parts only throughput tells how the knee is rounded.
    @Test func oneServerIsFoundWithoutTheGapsParts() throws {
        let network = ClosedNetwork(
            servers: 1,
            service: .exponential(mean: 0.05),
            think: .exponential(mean: 0.5)
        )
        let data = Self.points([2, 5, 8, 11, 15, 20, 40]) {
            network.hold(agents: Int($0), seconds: 400, seed: UInt64($0)).throughput
        }
        let found = try queue(ScalingAnalysis(points: data))
        #expect(holds(found.greatest, 20, within: 0.04), "\(found.greatest)")
        #expect(holds(found.cycle, 0.55, within: 0.04), "\(found.cycle)")
        #expect(holds(found.knee, 11, within: 0.05), "\(found.knee)")
        #expect(found.service == nil)
    }

    /// Of 40 runs with an error of 3 % in each stage, the 95 % intervals hold the truth in at least 35.
    @Test func intervalsHoldTheTruthUnderNoise() {
        var hits = [0, 0, 0]
        var taken = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            let data = Self.points([4, 8, 16, 24, 32, 64], service: 0.05, cycle: 0.15) { agents in
                let network = QueueNetwork(knee: 24, serviceShare: 1.0 / 3)
                let noise = 0.03 * normal(&random)
                return network.throughput(atAgents: agents) / 0.15 * (1 + noise)
            }
            guard let found = ScalingAnalysis(points: data).law?.queue else { continue }
            taken += 1
            for (index, truth) in [(found.cycle, 0.15), (found.greatest, 160), (found.knee, 24)].enumerated()
            where (truth.0.interval.low...truth.0.interval.high).contains(truth.1) {
                hits[index] += 1
            }
        }
        #expect(taken == 40)
        #expect(hits.allSatisfy { $0 >= 35 }, "\(hits)")
    }

    /// The sum of twelve uniform numbers, less 6.
    private func normal(_ random: inout SeededRandom) -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + random.unit() }
    }

    @Test func aLimitBelowTheSmallestStageIsSaid() {
        let analysis = ScalingAnalysis(points: Self.points([20, 40, 60, 80]) { 53 + $0 / 100 })
        #expect(analysis.law == nil)
        #expect(analysis.reason?.contains("about 53.5 actions a second at every size") == true)
        #expect(analysis.reason?.contains("with the fewest agents, 20, already") == true)
    }

    /// A model's slot of 150 ms is held while it generates, though agents wait for first tokens alone.
    @Test func aModelsSlotsAreHeldForTheWholeAnswer() throws {
        let data = [5.0, 10, 20, 40, 60, 80].map { agents in
            let rate = min(agents / 0.155, 8 / 0.15)
            let first = agents / rate - 0.026
            let parts: [(GapBreakdown.Part, Double)] = [(.firstToken, first), (.generation, 0.021), (.target, 0.005)]
            return ScalingPoint(
                stage: "s",
                agents: agents,
                throughput: rate,
                mtba: agents / rate,
                parts: Dictionary(uniqueKeysWithValues: parts.map { ($0.0, Self.about($0.1)) })
            )
        }
        let service = try #require(try queue(ScalingAnalysis(points: data)).service)
        #expect(service.parts == [.firstToken, .generation])
        #expect(abs(service.time.value - 0.15) < 1e-9)
        #expect(holds(service.servers, 8, within: 0.01))
    }

    /// Of 52 ms that agents see, servers may be held for 50: Xmax · S is 8.3.
    @Test func theWayToTheServersMakesNoServer() throws {
        let data = Self.points([2, 4, 8, 12, 20, 40], service: 0.052, cycle: 0.053) { min($0 / 0.053, 160) }
        let servers = try #require(try queue(ScalingAnalysis(points: data)).service).servers
        #expect(abs(servers.value - 8.32) < 0.02)
        #expect(servers.interval.low < 8 && servers.interval.low > 7 && servers.interval.high < 9)
    }

    /// Of a smallest stage that waits already the part is not the service alone.
    @Test func serversAreNotCountedFromAStageThatWaits() throws {
        let network = QueueNetwork(knee: 24, serviceShare: 1.0 / 24)
        let data = Self.points([12, 24, 32, 64, 128], service: 0.00625, cycle: 0.15) {
            network.throughput(atAgents: $0) / 0.15
        }
        #expect(try queue(ScalingAnalysis(points: data)).service == nil)
    }
}
