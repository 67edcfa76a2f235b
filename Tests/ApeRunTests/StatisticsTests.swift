import ApeCore
import ApeMetrics
@testable import ApeRun
import Foundation
import Testing

@Suite struct StatisticsTests {
    /// The lines of a kind in what `Tests/Reference/statistics.py` computed with SciPy.
    private func reference(_ kind: String) throws -> [[String]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Reference/statistics.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let found = lines.map { $0.split(separator: " ").map(String.init) }.filter { $0.first == kind }
        try #require(!found.isEmpty)
        return found.map { Array($0.dropFirst()) }
    }

    @Test func quantilesOfStudentsTAreSciPys() throws {
        for (kind, tails) in [("t", 0.05), ("t99", 0.01)] {
            for line in try reference(kind) {
                let degrees = try #require(Double(line[0]))
                let expected = try #require(Double(line[1]))
                #expect(abs(StudentT.quantile(degrees: degrees, tails: tails) - expected) < 1e-9, "\(degrees)")
            }
        }
    }

    @Test func wilsonIntervalsAreSciPys() throws {
        for line in try reference("wilson") {
            let successes = try #require(Int64(line[0]))
            let trials = try #require(Int64(line[1]))
            let interval = try #require(WilsonScore.interval(successes: successes, trials: trials))
            #expect(try abs(interval.low - #require(Double(line[2]))) < 1e-12)
            #expect(try abs(interval.high - #require(Double(line[3]))) < 1e-12)
        }
    }

    /// Batches from `SUM:COUNT,...`.
    private func batches(_ text: String) throws -> [Batch] {
        try text.split(separator: ",").map { pair in
            let parts = pair.split(separator: ":")
            return try Batch(sum: #require(Double(parts[0])), count: #require(Double(parts[1])))
        }
    }

    @Test func batchMeansAreTheReferences() throws {
        for line in try reference("batches") {
            let strata = try line[2...].map(batches)
            let interval = try #require(BatchMeans.estimate(ofFixed: strata)).interval()
            #expect(try abs(interval.low - #require(Double(line[0]))) < 1e-9)
            #expect(try abs(interval.high - #require(Double(line[1]))) < 1e-9)
        }
    }

    @Test func grownBatchesAreTheReferences() throws {
        for line in try reference("grown") {
            let estimate = try #require(BatchMeans.estimate(try line[4...].map(batches)))
            #expect(try abs(estimate.interval().low - #require(Double(line[0]))) < 1e-9)
            #expect(try abs(estimate.interval().high - #require(Double(line[1]))) < 1e-9)
            #expect(estimate.batches == Int(line[2]))
            #expect(estimate.parts.contains(where: \.isCorrelated) == (line[3] == "1"))
        }
    }

    @Test func percentilesAreNumPys() throws {
        for line in try reference("percentile") {
            let samples = line[1].split(separator: ",").compactMap { Int64($0) }
            let histogram = samples.reduce(into: Histogram()) { $0.record($1) }
            for rank in line[0].split(separator: ",") {
                let parts = rank.split(separator: ":")
                let expected = try #require(Double(parts[1]))
                let percent = try #require(Double(parts[0]))
                let found = try #require(histogram.percentile(percent))
                // Buckets below 2,048 hold one value each.
                let tolerance = expected < 2_048 ? 0 : expected / 1_000
                #expect(abs(Double(found) - expected) <= tolerance, "\(parts[0]) % of \(samples.count)")
            }
        }
    }

    @Test func truncationsAreMSER5s() throws {
        for line in try reference("mser5") {
            #expect(MSER5.truncation(try batches(line[1])) == Int(line[0]))
        }
    }

    @Test func whatIsLeftOutOfAHoldIsTheReferences() throws {
        for line in try reference("warmup") {
            let totals = try line[1].split(separator: ",").map { pair in
                let parts = pair.split(separator: ":")
                return try SumAndCount(sumMicros: #require(Int64(parts[0])), count: #require(Int64(parts[1])))
            }
            let expected: WarmupCut? =
                switch line[0] {
                case "nothing": nil
                case "unsettled": WarmupCut(seconds: 0, series: .gap, isSettled: false)
                default: WarmupCut(seconds: try #require(Int(line[0])), series: .gap)
                }
            #expect(WarmupCut(totals, series: .gap) == expected, "\(totals.count) seconds")
        }
    }

    @Test func tooLittleHasNoInterval() {
        #expect(BatchMeans.interval([]) == nil)
        #expect(BatchMeans.interval([[Batch(sum: 1, count: 1)]]) == nil)
        #expect(BatchMeans.interval([[Batch(sum: 1, count: 1), Batch()]]) == nil)
        #expect(BatchMeans.mean([[Batch()]]) == nil)
        #expect(WilsonScore.interval(successes: 0, trials: 0) == nil)
        #expect(WilsonScore.interval(successes: 2, trials: 1) == nil)
    }

    @Test func mergedBatchesAreNearlyEqualStretches() {
        for (seconds, number) in [(1, 1), (2, 1), (20, 20), (21, 20), (60, 15), (1_801, 60)] {
            let merged = [Batch](repeating: Batch(sum: 2, count: 1), count: seconds).merged(into: number)
            let counts = merged.map(\.count)
            #expect(counts.count == number && counts.reduce(0, +) == Double(seconds))
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
            #expect(merged.allSatisfy { $0.sum == 2 * $0.count })
        }
    }

    @Test(arguments: [
        (1.04, 1, "1.0"), (-0.04, 1, "0.0"), (-1.25, 1, "-1.3"), (0.5, 0, "1"), (12.3456, 3, "12.346"),
        (.infinity, 1, "-"), (.nan, 1, "-"), (0.05, 2, "0.05"),
    ])
    func decimalsAreFixed(value: Double, places: Int, expected: String) {
        #expect(Decimals.text(value, places: places) == expected)
    }
}
