@testable import ApeAnalysis
import ApeCore
import ApeRun
import Testing

@Suite struct MTBALimitTests {
    private let targets = [KPITarget(.mtbaThreshold), KPITarget(.mtbaHighLoad)]

    /// 160 actions a second at most, 0.05 s without waiting.
    private func limit(_ sizes: [Double], greatest: Double, targets: [KPITarget]? = nil) throws -> MTBALimit? {
        let data = QueueLawTests.points(sizes) { min($0 / 0.05, greatest) }
        return try #require(ScalingAnalysis(points: data).law).mtbaLimit(targets ?? self.targets)
    }

    @Test func theTargetIsThatOfTheNumberOfAgents() throws {
        // N / 160 is 1 s at 160 agents.
        let few = try #require(try limit([2, 4, 8, 20, 100], greatest: 160))
        #expect(few.target.key == .mtbaThreshold)
        #expect(abs(try #require(few.agents) - 160) < 0.5)
        let (low, high) = (try #require(few.low), try #require(few.high))
        #expect(low < 160 && high > 160)
        // N / 600 is 1.5 s at 900 agents; under 500 it stays below 1 s.
        let many = try #require(try limit([5, 20, 60, 200, 600], greatest: 600))
        #expect(many.target.key == .mtbaHighLoad)
        #expect(abs(try #require(many.agents) - 900) < 3)
    }

    @Test func theTargetsMayBeTheScenarios() throws {
        let strict = [KPITarget(.mtbaThreshold, override: 0.5), KPITarget(.mtbaHighLoad, override: 1)]
        #expect(abs(try #require(try limit([2, 4, 8, 20, 100], greatest: 160, targets: strict)?.agents) - 80) < 0.5)
        // A target from 500 agents on that is stricter than the one below: reached with the first of them.
        let odd = [KPITarget(.mtbaThreshold, override: 2), KPITarget(.mtbaHighLoad, override: 0.5)]
        let found = try #require(try limit([5, 20, 60, 200, 600], greatest: 600, targets: odd))
        #expect(found.agents == 500 && found.target.key == .mtbaHighLoad)
    }

    @Test func nothingIsSaidBeyondTwiceTheMostAgents() throws {
        let found = try #require(try limit([2, 4, 8, 12, 20], greatest: 160))
        #expect(found.agents == nil && found.high == nil && found.target.key == .mtbaThreshold)
        let data = QueueLawTests.points([2, 4, 8, 12, 20]) { min($0 / 0.05, 160) }
        let law = try #require(ScalingAnalysis(points: data).law)
        #expect(law.reach == 40)
        #expect(abs(try #require(law.mtba(atAgents: 40)) - 0.25) < 0.001)
        #expect(law.mtba(atAgents: 41) == nil)
    }

    @Test func withoutGapsThereIsNone() throws {
        let data = [2.0, 4, 8, 20, 100].map { ScalingPoint(stage: "s", agents: $0, throughput: min(20 * $0, 160)) }
        #expect(try #require(ScalingAnalysis(points: data).law).mtbaLimit(targets) == nil)
    }
}
