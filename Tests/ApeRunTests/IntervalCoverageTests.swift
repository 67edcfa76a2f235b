import ApeCore
import ApeMetrics
@testable import ApeRun
import Glibc
import Testing

/// Whether intervals hold the true mean as often as they say, on simulated holds whose true mean is known.
@Suite struct IntervalCoverageTests {
    private static let runs = 100

    /// Agents that wait for one answer after the other.
    enum Input: CaseIterable {
        /// Independent samples with an exponential distribution.
        case independent
        /// Pareto's distribution with index 2.2: its third moment is infinite.
        case pareto
        /// A lognormal distribution with sigma 1.5.
        case lognormal
        /// A server that answers in 100 ms or in 600 ms, changing every 2 s on average.
        case regimes
        /// Answers that take longer and longer, from 0.3 s to 0.9 s.
        case drifting

        /// The mean of the samples, each counting once.
        var truth: Double {
            switch self {
            case .independent: 0.5
            case .pareto: 0.2 * 2.2 / 1.2
            case .lognormal: 0.15 * exp(1.5 * 1.5 / 2)
            case .regimes:
                // A sample follows one of its own regime unless the regime changed an odd number of times meanwhile.
                (0.1 * Self.change(during: 0.6) + 0.6 * Self.change(during: 0.1))
                    / (Self.change(during: 0.1) + Self.change(during: 0.6))
            // An agent ends one sample a(t) long in each a(t): the time over the samples that fit in it.
            case .drifting: (0.9 - 0.3) / log(0.9 / 0.3)
            }
        }

        private static func change(during seconds: Double) -> Double { (1 - exp(-2 * seconds / 2)) / 2 }
    }

    /// The seconds of a hold with 20 agents; samples belong to the second in which they begin.
    private func hold(_ input: Input, seconds: Int, seed: UInt64) -> [SumAndCount] {
        var random = SeededRandom(seed: seed)
        let warmup = 3.0
        let length = Double(seconds)
        var changes = [-warmup]
        while (changes.last ?? 0) < length { changes.append((changes.last ?? 0) - 2 * log(1 - random.unit())) }
        let first = random.unit() < 0.5 ? 0 : 1
        var totals = [SumAndCount](repeating: SumAndCount(), count: seconds)
        for _ in 0..<20 {
            var now = -warmup * random.unit()
            var regime = 0
            while now < length {
                while changes[regime + 1] <= now { regime += 1 }
                let sample: Double =
                    switch input {
                    case .independent: -0.5 * log(1 - random.unit())
                    case .pareto: 0.2 * pow(1 - random.unit(), -1 / 2.2)
                    case .lognormal: 0.15 * exp(1.5 * normal(&random))
                    case .regimes: (regime + first) % 2 == 0 ? 0.1 : 0.6
                    case .drifting: (0.3 + 0.6 * max(0, now) / length) * (0.8 + 0.4 * random.unit())
                    }
                if now >= 0 {
                    totals[Int(now)].add(SumAndCount(sumMicros: Int64(sample * 1_000_000), count: 1))
                }
                now += sample
            }
        }
        return totals
    }

    /// A number of the standard normal distribution, by Box and Muller.
    private func normal(_ random: inout SeededRandom) -> Double {
        (-2 * log(1 - random.unit())).squareRoot() * cos(2 * .pi * random.unit())
    }

    /// What the intervals of the runs came to.
    private struct Outcome {
        var covered = 0
        var tooShort = 0
        var coveredOrTooShort = 0
        var means: [Double] = []
        var halfWidths: [Double] = []

        /// The mean half width over that of an interval that knows the means' spread.
        var relativeWidth: Double {
            let number = Double(means.count)
            let mean = means.reduce(0, +) / number
            let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (number - 1)
            return halfWidths.reduce(0, +) / number / (1.96 * variance.squareRoot())
        }
    }

    private func outcome(_ input: Input, seconds: Int) throws -> Outcome {
        var outcome = Outcome()
        for seed in 1...UInt64(Self.runs) {
            let batches = hold(input, seconds: seconds, seed: seed).map(Batch.init)
            let estimate = try #require(BatchMeans.estimate([batches]))
            let interval = estimate.interval()
            let covers = interval.low <= input.truth && input.truth <= interval.high
            outcome.covered += covers ? 1 : 0
            outcome.tooShort += estimate.shortfall != nil ? 1 : 0
            outcome.coveredOrTooShort += covers || estimate.shortfall != nil ? 1 : 0
            outcome.means.append(estimate.mean)
            outcome.halfWidths.append((interval.high - interval.low) / 2)
        }
        return outcome
    }

    @Test(arguments: Input.allCases)
    func theIntervalOfAMinuteHoldsTheTrueMean(input: Input) throws {
        let outcome = try outcome(input, seconds: 60)
        #expect(outcome.covered >= 93, "of \(Self.runs)")
    }

    @Test func independentSamplesPayLittleForIt() throws {
        let outcome = try outcome(.independent, seconds: 60)
        #expect(outcome.relativeWidth < 1.3)
        #expect(outcome.tooShort <= 5, "of \(Self.runs)")
    }

    @Test(arguments: Input.allCases)
    func aHoldThatIsTooShortForItSaysSo(input: Input) throws {
        let outcome = try outcome(input, seconds: 15)
        #expect(outcome.coveredOrTooShort >= 93, "of \(Self.runs)")
        if input == .regimes || input == .drifting { #expect(outcome.tooShort >= 80, "of \(Self.runs)") }
    }

    @Test func aMinuteOfDriftSaysSo() throws {
        #expect(try outcome(.drifting, seconds: 60).tooShort == Self.runs)
    }
}
