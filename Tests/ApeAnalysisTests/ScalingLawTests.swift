@testable import ApeAnalysis
import ApeMetrics
import ApeRun
import ApeTestKit
import Foundation
import Testing

@Suite struct ScalingLawTests: JudgesRuns {
    private func law(_ agents: Double, _ lambda: Double, _ sigma: Double, _ kappa: Double) -> Double {
        lambda * agents / (1 + sigma * (agents - 1) + kappa * agents * (agents - 1))
    }

    private func points(_ sizes: [Double], mtba: Double? = nil, _ throughput: (Double) -> Double)
        -> [ScalingLaw.Point]
    {
        sizes.map { size in
            let rate = throughput(size)
            return .init(stage: "s", agents: size, throughput: rate, mtba: mtba.map { $0 * size / rate })
        }
    }

    private func reason(_ analysis: ScalingAnalysis) -> String {
        if case .notFitted(let reason) = analysis { reason } else { "" }
    }

    /// Every line of what `Tests/Reference/scaling.py` computed with SciPy.
    @Test func fitsAreSciPys() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Reference/scaling.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 6)
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            let numbers = try words[1..<12].map { try #require(Double($0)) }
            let data = try words[12].split(separator: ",").map { pair in
                let parts = pair.split(separator: ":")
                return try ScalingLaw.Point(
                    stage: "s",
                    agents: #require(Double(parts[0])),
                    throughput: #require(Double(parts[1]))
                )
            }
            let law = try #require(ScalingAnalysis(points: data).law, "\(words[0])")
            for (index, estimate) in [law.lambda, law.sigma, law.kappa].enumerated() {
                let found = [estimate.value, estimate.interval.low, estimate.interval.high]
                let scale = max(numbers[3 * index + 2], 1e-12)
                for (value, expected) in zip(found, numbers[(3 * index)...]) {
                    #expect(abs(value - expected) < 1e-5 * scale, "\(words[0]): \(value), not \(expected)")
                }
            }
            #expect(abs(law.rSquared - numbers[9]) < 1e-9)
        }
    }

    @Test func anExactLawIsFoundAgain() throws {
        let data = points([10, 50, 100, 200, 500, 1_000], mtba: 0.8) { law($0, 2, 0.003, 1e-6) }
        let found = try #require(ScalingAnalysis(points: data).law)
        #expect(abs(found.lambda.value - 2) < 1e-6)
        #expect(abs(found.sigma.value - 0.003) < 1e-8)
        #expect(abs(found.kappa.value - 1e-6) < 1e-11)
        let peak = try #require(found.peakAgents)
        #expect(abs(peak - ((1 - 0.003) / 1e-6).squareRoot()) < 0.01)
        #expect(try #require(found.peakThroughput) >= found.throughput(atAgents: peak + 1))
        #expect(try #require(found.peakThroughput) >= found.throughput(atAgents: peak - 1))
    }

    @Test func theAgentsOfAnMTBAAreThoseThatHaveIt() throws {
        for (sigma, kappa) in [(0.003, 1e-6), (0.01, 0), (0, 1e-6)] {
            let data = points([10, 50, 100, 200, 500, 1_000], mtba: 0.8) { law($0, 2, sigma, kappa) }
            let found = try #require(ScalingAnalysis(points: data).law)
            let agents = try #require(found.agents(whereMTBAIs: 1.5))
            #expect(abs(try #require(found.mtba(atAgents: agents)) - 1.5) < 1e-9)
            #expect(abs(0.8 * agents / law(agents, 2, sigma, kappa) - 1.5) < 1e-3)
            #expect(found.agents(whereMTBAIs: 0.1) == 1)
        }
    }

    @Test func aLimitWithoutAPeakIsThatOfContention() throws {
        let data = points([10, 50, 100, 200, 500]) { law($0, 2, 0.01, 0) }
        var found = try #require(ScalingAnalysis(points: data).law)
        found.kappa.value = 0
        #expect(found.peakAgents == nil)
        #expect(abs(try #require(found.peakThroughput) - 200) < 0.1)
        #expect(found.agents(whereMTBAIs: 1.5) == nil)
        #expect(found.mtba(atAgents: 10) == nil)
        found.gapRatio = 1
        found.sigma.value = 0
        #expect(found.peakThroughput == nil)
        #expect(found.agents(whereMTBAIs: 1.5) == nil)
    }

    @Test func tooFewSizesAreSaid() {
        let three = points([10, 50, 100, 101]) { law($0, 2, 0.01, 1e-5) }
        #expect(reason(ScalingAnalysis(points: three)).contains("this run has 3."))
        #expect(reason(ScalingAnalysis(points: [])).contains("this run has 0."))
        let spoiled = ScalingAnalysis(points: three, leftOut: ["scaling-1000"])
        #expect(reason(spoiled).contains("bottleneck in scaling-1000"))
    }

    @Test(arguments: [1.0, 1.1])
    func growthThatKeepsUpHasNoLimit(power: Double) {
        let data = points([10, 50, 100, 200, 500]) { 2 * pow($0, power) }
        #expect(reason(ScalingAnalysis(points: data)).contains("in proportion to the agents up to 500"))
    }

    @Test func noiseAloneIsNoCurvature() {
        let factors = [1.02, 0.99, 1.01, 0.985, 1.005]
        let data = zip([10.0, 50, 100, 200, 500], factors).map {
            ScalingLaw.Point(stage: "s", agents: $0, throughput: 2 * $0 * $1)
        }
        #expect(reason(ScalingAnalysis(points: data)).contains("in proportion"))
    }

    @Test func aLimitThatFourStagesCannotDescribeIsNotCalledProportional() {
        let data = zip([10.0, 50, 100, 200], [10.9, 48.6, 44.8, 49.6]).map {
            ScalingLaw.Point(stage: "s", agents: $0, throughput: $1)
        }
        #expect(reason(ScalingAnalysis(points: data)).contains("fell behind the agents, but 4 stages are too few"))
    }

    @Test func whatTheLawDoesNotExplainIsNotFitted() {
        let data = zip([10.0, 50, 100, 200, 500], [100, 20, 180, 30, 120]).map {
            ScalingLaw.Point(stage: "s", agents: $0, throughput: $1)
        }
        #expect(reason(ScalingAnalysis(points: data)).contains("explains only"))
        #expect(reason(ScalingAnalysis(points: points([1, 2, 3, 4]) { _ in 5 })).contains("explains only 0 %"))
        #expect(reason(ScalingAnalysis(points: points([1, 2, 4, 8]) { $0 < 8 ? $0 : 0 })).contains("no action"))
    }

    /// Stages whose actions follow a law, each second the same.
    private func ledger(choking: Int? = nil) -> LedgerFixture {
        let sizes = [10, 50, 100, 200, 500]
        var fixture = LedgerFixture(agents: sizes)
        for (stage, size) in sizes.enumerated() {
            let rate = law(Double(size), 2, 0.004, 1e-6)
            fixture.run(stage: stage) { window, _, _ in
                LedgerFixture.healthy(&window, gap: Int64(1_000_000 * Double(size) / rate))
                window.counters[.actions(.successful)] = Int64((rate * 50).rounded())
                if stage == choking { window.host.loopLagP99Micros = 90_000 }
            }
        }
        return fixture
    }

    @Test func aRunsHoldsAreItsPoints() throws {
        let found = try #require(ScalingAnalysis(ledger().ledger).law)
        #expect(found.points.map(\.agents) == [10, 50, 100, 200, 500])
        #expect(found.points.map(\.stage) == ["s0", "s1", "s2", "s3", "s4"])
        // Two workers, each with 50 times the rate.
        #expect(abs(found.lambda.value - 200) < 0.5)
        #expect(abs(try #require(found.gapRatio) - 100) < 0.5)
        for point in found.points {
            let mtba = try #require(point.mtba)
            #expect(abs(try #require(found.mtba(atAgents: point.agents)) - mtba) < 0.01 * mtba)
        }
    }

    @Test func aStageThatChokedIsLeftOut() throws {
        let analysis = ScalingAnalysis(ledger(choking: 4).ledger)
        #expect(analysis.law?.points.map(\.agents) == [10, 50, 100, 200])
    }

    @Test func aRunThatNeverBeganSaysSo() {
        let fixture = LedgerFixture(agents: [10, 20], isStarted: false)
        #expect(reason(ScalingAnalysis(fixture.ledger)).contains("this run has 0"))
    }
}
