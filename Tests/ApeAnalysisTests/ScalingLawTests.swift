@testable import ApeAnalysis
import ApeCore
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
        -> [ScalingPoint]
    {
        sizes.map { size in
            let rate = throughput(size)
            return .init(stage: "s", agents: size, throughput: rate, mtba: mtba.map { $0 * size / rate })
        }
    }

    private func reason(_ analysis: ScalingAnalysis) -> String {
        analysis.reason ?? ""
    }

    /// Every line of what `Tests/Reference/scaling.py` computed with SciPy.
    @Test func fitsAreSciPys() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Reference/scaling.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 6)
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            let numbers = try words[1..<11].map { try #require(Double($0)) }
            let data = try words[11].split(separator: ",").map { pair in
                let parts = pair.split(separator: ":")
                return try ScalingPoint(
                    stage: "s",
                    agents: #require(Double(parts[0])),
                    throughput: #require(Double(parts[1]))
                )
            }
            let fit = CurveFit(.coherency, to: data)
            for index in 0..<3 {
                let interval = fit.interval(ofParameter: index)
                let found = [fit.parameters[index], interval.low, interval.high]
                let scale = max(numbers[3 * index + 2], 1e-12)
                for (value, expected) in zip(found, numbers[(3 * index)...]) {
                    #expect(abs(value - expected) < 1e-5 * scale, "\(words[0]): \(value), not \(expected)")
                }
            }
            #expect(abs(fit.rSquared(data) - numbers[9]) < 1e-6)
            // Both laws come within 9 % of every stage of SPEC SDM91, and a queue has a parameter less.
            let kind: ScalingLaw.Kind = words[0] == "specsdm91" ? .queue : .contention
            #expect(ScalingAnalysis(points: data).law?.kind == kind, "\(words[0])")
        }
    }

    @Test func anExactLawIsFoundAgain() throws {
        let data = points([10, 50, 100, 200, 500, 1_000], mtba: 0.8) { law($0, 2, 0.003, 1e-6) }
        let found = try #require(ScalingAnalysis(points: data).law)
        let (sigma, kappa) = (try #require(found.sigma), try #require(found.kappa))
        #expect(found.kind == .contention && found.queue == nil)
        #expect(abs(found.lambda.value - 2) < 1e-6)
        #expect(abs(sigma.value - 0.003) < 1e-8)
        #expect(abs(kappa.value - 1e-6) < 1e-11)
        #expect(found.isCoherent)
        let peak = try #require(found.peakAgents)
        #expect(abs(peak.value - ((1 - 0.003) / 1e-6).squareRoot()) < 0.01)
        #expect(peak.interval.low < peak.value && peak.value < peak.interval.high)
        let most = try #require(found.peakThroughput)
        #expect(most.value >= found.throughput(atAgents: peak.value + 1))
        #expect(most.value >= found.throughput(atAgents: peak.value - 1))
        #expect(most.interval.low > 0.9 * most.value && most.interval.high < 1.1 * most.value)
    }

    @Test(arguments: [(0.003, 1e-6), (0.01, 0), (0, 1e-6)])
    func theAgentsOfAnMTBAAreThoseThatHaveIt(sigma: Double, kappa: Double) throws {
        let data = points([10, 50, 100, 200, 500, 1_000], mtba: 0.8) { law($0, 2, sigma, kappa) }
        let found = try #require(ScalingAnalysis(points: data).law)
        let limit = try #require(found.mtbaLimit([KPITarget(.mtbaThreshold, override: 1.5), KPITarget(.mtbaHighLoad)]))
        let agents = try #require(limit.agents)
        #expect(abs(try #require(found.mtba(atAgents: agents)) - 1.5) < 1e-9)
        #expect(abs(0.8 * agents / law(agents, 2, sigma, kappa) - 1.5) < 1e-3)
        #expect(try #require(limit.low) < agents)
    }

    @Test func contentionAloneHasALimitAndNoPeak() throws {
        let data = points([10, 50, 100, 200, 500]) { law($0, 2, 0.01, 0) }
        let found = try #require(ScalingAnalysis(points: data).law)
        #expect(found.kind == .contention && found.kappa == nil && !found.isCoherent)
        #expect(found.peakAgents == nil)
        let limit = try #require(found.peakThroughput)
        #expect(abs(limit.value - 200) < 0.1)
        #expect(limit.interval.low < 200 && 200 < limit.interval.high)
        #expect(found.mtba(atAgents: 10) == nil)
    }

    /// Coherency that the stages do not show for certain makes no peak.
    @Test func aPeakBeyondReachIsNotPromised() throws {
        let data = points([5, 10, 20, 40, 80]) { law($0, 2, 0.02, 2e-5) }
        let found = try #require(ScalingAnalysis(points: data).law)
        #expect(found.kind == .contention && found.peakAgents == nil)
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
            ScalingPoint(stage: "s", agents: $0, throughput: 2 * $0 * $1)
        }
        #expect(reason(ScalingAnalysis(points: data)).contains("in proportion"))
    }

    @Test func whatNoLawExplainsIsNotFitted() {
        let data = zip([2.0, 4, 8, 16, 32], [40.0, 20, 12, 25, 60]).map {
            ScalingPoint(stage: "s\(Int($0))", agents: $0, throughput: $1)
        }
        let analysis = ScalingAnalysis(points: data)
        #expect(analysis.law == nil)
        #expect(reason(analysis).hasPrefix("None fits: contention misses stage s32 by"), "\(reason(analysis))")
        #expect(reason(analysis).contains("a queue of servers misses stage s32 by"))
        #expect(analysis.candidates.map(\.kind) == [.contention, .queue])
        #expect(analysis.candidates.allSatisfy { !$0.fits && $0.worstMiss > 0.5 })
        #expect(reason(ScalingAnalysis(points: points([1, 2, 4, 8]) { $0 < 8 ? $0 : 0 })).contains("no action"))
    }

    /// A stage that its own seconds do not tell to better than 10 % may be missed by more.
    @Test func aStageIsMissedByItsOwnError() {
        var data = points([10, 50, 100, 200, 500]) { law($0, 2, 0.02, 0) }
        data[2].throughput *= 1.2
        #expect(ScalingAnalysis(points: data).law == nil)
        data[2].error = 0.06
        #expect(ScalingAnalysis(points: data).law?.kind == .contention)
    }

    /// Three parameters on four stages leave nothing to compare by: two that do as well are taken.
    @Test func fewStagesTakeTheSimplerLaw() throws {
        let data = zip([10.0, 50, 100, 200], [10.1, 33.1, 50.3, 66.9]).map {
            ScalingPoint(stage: "s", agents: $0, throughput: $1)
        }
        let found = try #require(ScalingAnalysis(points: data).law)
        #expect(found.fit.curve == .contention)
        #expect(CurveFit(.coherency, to: data).criterion == .infinity)
        #expect(abs(try #require(found.sigma).value - 0.0098) < 0.003)
    }

    /// Of 40 runs with an error of 3 % in each stage, the right law is taken in at least 38 and its intervals hold the
    /// truth in at least 35.
    @Test(arguments: [(0.02, 0.0), (0.02, 4e-4), (0.0, 1e-3)])
    func noiseHidesNeitherContentionNorCoherency(sigma: Double, kappa: Double) {
        var (taken, hits, coherent) = (0, [0, 0], 0)
        for seed in 1...40 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            let data = points([5, 10, 20, 40, 80, 160, 320]) { agents in
                let noise = (0..<12).reduce(-6.0) { sum, _ in sum + random.unit() }
                return law(agents, 2, sigma, kappa) * (1 + 0.03 * noise)
            }
            guard let found = ScalingAnalysis(points: data).law, found.kind == .contention else { continue }
            taken += 1
            coherent += found.isCoherent ? 1 : 0
            for (index, pair) in [(found.lambda, 2), (found.sigma, sigma)].enumerated() {
                guard let interval = pair.0?.interval else { continue }
                hits[index] += (interval.low...interval.high).contains(pair.1) ? 1 : 0
            }
        }
        #expect(taken >= 38, "\(taken)")
        #expect(hits.allSatisfy { $0 >= 35 }, "\(hits)")
        #expect(kappa > 0 ? coherent >= 38 : coherent <= 2, "\(coherent)")
    }

    /// Stages whose actions follow a law, each second the same.
    private func ledger(choking: Int? = nil) -> LedgerFixture {
        let sizes = [10, 50, 100, 200, 500]
        var fixture = LedgerFixture(agents: sizes)
        for (stage, size) in sizes.enumerated() {
            let rate = law(Double(size), 2, 0.004, 0)
            fixture.run(stage: stage) { window, _, _ in
                LedgerFixture.healthy(&window, gap: Int64(1_000_000 * Double(size) / rate))
                window.counters[.actions(.successful)] = Int64((rate * 50).rounded())
                if stage == choking { window.host.loopLagMeanMicros = 900_000 }
            }
        }
        return fixture
    }

    @Test func aRunsHoldsAreItsPoints() throws {
        let found = try #require(ScalingAnalysis(ledger().ledger).law)
        #expect(found.points.map(\.agents) == [10, 50, 100, 200, 500])
        #expect(found.kind == .contention)
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
