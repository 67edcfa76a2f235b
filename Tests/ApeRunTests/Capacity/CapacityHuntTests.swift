import ApeCore
import ApeTestKit
import Testing

@testable import ApeRun

/// The search finds the capacity of models whose capacity is known.
@Suite struct CapacityHuntTests {
    /// A closed queue of servers: N agents without a pause wait N times the service time over the servers.
    private static func queue(servers: Double, service: Double) -> HuntModel {
        HuntModel { max(service, $0 * service / servers) }
    }

    /// Contention and coherency: N / X(N).
    private static func contention(sigma: Double, kappa: Double, alone: Double) -> HuntModel {
        HuntModel { alone * (1 + sigma * ($0 - 1) + kappa * $0 * ($0 - 1)) }
    }

    static let models: [(model: HuntModel, truth: Double)] = [
        (queue(servers: 8, service: 0.05), 160),
        (queue(servers: 2, service: 0.02), 100),
        (queue(servers: 8, service: 0.15), 160.0 / 3),
        // 0.05 * (1 + 0.05 (N - 1)) = 1
        (contention(sigma: 0.05, kappa: 0, alone: 0.05), 381),
        (contention(sigma: 0.01, kappa: 0.001, alone: 0.05), 134.4),
        // A service whose latency explodes near a rate.
        (HuntModel { 0.1 / max(1e-9, 1 - $0 / 300) }, 270),
        // A service that refuses what is beyond its rate.
        (HuntModel { $0 <= 137 ? 0.1 : 40 }, 137),
    ]

    @Test(arguments: models.indices)
    func findsWhatIsKnown(index: Int) throws {
        let (model, truth) = Self.models[index]
        for seed in 0..<20 as Range<UInt64> {
            for noise in [0, 0.01] {
                let hunt = model.hunted(noise: noise, seed: seed)
                guard case .found(let level) = hunt.step else {
                    Issue.record("\(hunt.step) of \(truth), seed \(seed)")
                    continue
                }
                let error = abs(level - truth) / truth
                #expect(error <= 0.05 + 2 * noise, "\(level) of \(truth), seed \(seed), noise \(noise)")
                #expect(hunt.tries.count <= 24, "\(hunt.tries.map(\.level))")
                #expect(level == level.rounded())
            }
        }
    }

    @Test func takesFewTriesWhereTheLoadIsALine() {
        let hunt = Self.queue(servers: 8, service: 0.05).hunted()
        #expect(hunt.tries.map(\.level) == [10, 20, 40, 80, 160, 156, 156])
        #expect(hunt.step == .found(156))
        #expect(hunt.range.low == 156 && hunt.range.high == 160)
    }

    @Test func saysThatNotEvenTheLeastPasses() {
        let hunt = HuntModel { _ in 3 }.hunted()
        #expect(hunt.tries.map(\.level) == [10])
        #expect(hunt.step == .nothing)
    }

    @Test func theGreatestIsHeldTwiceWhereNothingFails() {
        var search = CapacitySearch()
        search.to = 100
        let hunt = HuntModel { _ in 0.2 }.hunted(search)
        #expect(hunt.tries.map(\.level) == [10, 20, 40, 80, 100, 100])
        #expect(hunt.step == .found(100))
        #expect(hunt.range.low == 100 && hunt.range.high == nil)
    }

    @Test func fromAndToMayBeOne() {
        var search = CapacitySearch()
        (search.from, search.to) = (40, 40)
        #expect(HuntModel { _ in 0.2 }.hunted(search).tries.map(\.level) == [40, 40])
    }

    @Test func anOpenTryIsMadeAgainAndThenEndsTheSearch() {
        var hunt = CapacityHunt(search: CapacitySearch(), tries: [.open(10)])
        #expect(hunt.step == .attempt(10))
        hunt = CapacityHunt(search: CapacitySearch(), tries: [.open(10), .with(10, load: 0.1)])
        #expect(hunt.step == .attempt(20))
        hunt = CapacityHunt(search: CapacitySearch(), tries: [.with(10, load: 0.1), .open(20), .open(20)])
        #expect(hunt.step == .undecided(reason: "Windows are missing."))
        #expect(hunt.range.low == 10 && hunt.range.high == nil)
    }

    @Test func anAnswerThatFailsWhenItIsHeldAgainIsSteppedDownFrom() {
        let tries: [CapacityTry] = [
            .with(10, load: 0.1), .with(20, load: 0.5), .with(40, load: 1.2), .with(39, load: 0.99),
            .with(39, load: 1.01),
        ]
        let hunt = CapacityHunt(search: CapacitySearch(), tries: tries)
        #expect(hunt.leastFailed == 39)
        #expect(hunt.greatestPassed == 20)
        #expect(hunt.step == .attempt(38))
    }

    @Test func aMarginalTryWidensTheRange() {
        let tries: [CapacityTry] = [
            .with(100, load: 0.5), .with(200, load: 0.95, 0.8, 1.1), .with(205, load: 1.02, 0.9, 1.2),
            .with(400, load: 2),
        ]
        let range = CapacityHunt(search: CapacitySearch(), tries: tries).range
        #expect(abs((range.low ?? 0) - 200 / 1.1) < 0.01)
        #expect(abs((range.high ?? 0) - 205 / 0.9) < 0.01)
    }

    @Test func moreMayPassWhereMoreIsAllowed() {
        // 400 a second: 1 s at 400 agents, and 1.5 s at 600.
        var search = CapacitySearch()
        search.from = 100
        let hunt = HuntModel { $0 / 400 }.hunted(search, relief: true)
        guard case .found(let level) = hunt.step else {
            Issue.record("\(hunt.step)")
            return
        }
        #expect(abs(level - 600) <= 30)
        #expect(hunt.tries.map(\.level).prefix(4) == [100, 200, 400, 500])
    }

    @Test func whatFailsByMoreThanIsAllowedAnywhereIsNotTriedBeyond() {
        var search = CapacitySearch()
        search.from = 100
        // 120 a second: 3.3 s at 400 agents.
        let hunt = HuntModel { $0 / 120 }.hunted(search, relief: true)
        #expect(!hunt.tries.contains { $0.level >= 500 })
        guard case .found(let level) = hunt.step else {
            Issue.record("\(hunt.step)")
            return
        }
        #expect(abs(level - 120) <= 6)
    }

    @Test func sessionsAreNoWholeNumbers() {
        var search = CapacitySearch()
        (search.quantity, search.from, search.to) = (.sessions, 0.5, 50)
        let hunt = HuntModel { $0 <= 7.4 ? 0.3 : 3 }.hunted(search)
        guard case .found(let level) = hunt.step else {
            Issue.record("\(hunt.step)")
            return
        }
        #expect(level > 7.03 && level <= 7.4)
    }

    @Test func aSearchThatDoesNotSettleEnds() {
        // Every second try of the same level fails.
        var tries: [CapacityTry] = []
        while tries.count < 200, case .attempt(let level) = CapacityHunt(search: CapacitySearch(), tries: tries).step {
            let isFirst = !tries.contains { $0.level == level }
            tries.append(isFirst ? .with(level, load: level > 900 ? 2 : 0.9) : .open(level))
            if !isFirst { tries.append(.with(level, load: 1.1)) }
        }
        #expect(tries.count <= CapacityHunt.maximumTries + 2)
    }
}

/// A system by its mean time between actions, of which the limit is a second.
struct HuntModel: Sendable {
    var mtba: @Sendable (Double) -> Double

    init(_ mtba: @escaping @Sendable (Double) -> Double) {
        self.mtba = mtba
    }

    func hunted(
        _ search: CapacitySearch = CapacitySearch(),
        noise: Double = 0,
        seed: UInt64 = 1,
        relief: Bool = false
    ) -> CapacityHunt {
        var random = SeededRandom(seed: seed)
        var hunt = CapacityHunt(search: search, tries: [])
        if relief { hunt.relief = (500, 1.5) }
        while hunt.tries.count < 100, case .attempt(let level) = hunt.step {
            let limit = relief && level >= 500 ? 1.5 : 1
            let factor = 1 + noise * Double.random(in: -1.7...1.7, using: &random)
            var tries = hunt.tries
            tries.append(.with(level, load: mtba(level) * factor / limit))
            let next = CapacityHunt(search: search, tries: tries, relief: hunt.relief)
            hunt = next
        }
        return hunt
    }
}

extension CapacityTry {
    /// A try of one condition, of MTBA.
    static func with(_ level: Double, load: Double, _ low: Double? = nil, _ high: Double? = nil) -> CapacityTry {
        let status: Verdict.Status = load < 1 ? .pass : .fail
        var condition = CapacityCondition(
            kind: .target(.mtbaThreshold),
            name: "mtba_threshold",
            status: status,
            valueText: "\(load) s",
            limitText: "< 1.0 seconds",
            value: load,
            limit: 1,
            load: load,
            isMarginal: low != nil
        )
        if let low, let high { condition.loadInterval = Interval(low: low, high: high) }
        return CapacityTry(stage: 0, name: "try", level: level, status: status, conditions: [condition])
    }

    static func open(_ level: Double) -> CapacityTry {
        CapacityTry(
            stage: 0,
            name: "try",
            level: level,
            status: .inconclusive,
            conditions: [],
            reason: "Windows are missing."
        )
    }
}
