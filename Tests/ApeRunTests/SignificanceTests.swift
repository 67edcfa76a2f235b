import ApeMetrics
@testable import ApeRun
import Foundation
import Testing

/// Against what `Tests/Reference/comparisons.py` computed with SciPy.
@Suite struct SignificanceTestTests {
    private func reference(_ kind: String) throws -> [[String]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Reference/comparisons.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let found = lines.map { $0.split(separator: " ").map(String.init) }.filter { $0.first == kind }
        try #require(!found.isEmpty)
        return found.map { Array($0.dropFirst()) }
    }

    private func estimate(_ text: String) throws -> BatchMeans.Estimate {
        let batches = try text.split(separator: ",").map { pair in
            let parts = pair.split(separator: ":")
            return try Batch(sum: #require(Double(parts[0])), count: #require(Double(parts[1])))
        }
        return try #require(BatchMeans.estimate(ofFixed: [batches]))
    }

    private func histogram(_ text: String) throws -> Histogram {
        try text.split(separator: ",").reduce(into: Histogram()) { try $0.record(#require(Int64($1))) }
    }

    @Test func welchsTestIsSciPys() throws {
        for line in try reference("welch") {
            let expected = try #require(Double(line[0]))
            let found = try #require(SignificanceTests.welch(try estimate(line[1]), try estimate(line[2])))
            #expect(abs(found - expected) < 1e-9 * max(1, expected), "\(found) \(expected)")
        }
    }

    @Test func theTestOfTwoProportionsIsSciPys() throws {
        for line in try reference("proportions") {
            let numbers = try line[1...].map { try #require(Int64($0)) }
            let found = SignificanceTests.proportions((numbers[0], numbers[1]), (numbers[2], numbers[3]))
            #expect(try abs(#require(found) - #require(Double(line[0]))) < 1e-9)
        }
        #expect(SignificanceTests.proportions((0, 100), (1, 100)) == nil)
        #expect(SignificanceTests.proportions((0, 0), (1, 100)) == nil)
    }

    @Test func kolmogorovsLimitIsSciPys() throws {
        for line in try reference("kolmogorov") {
            let x = try #require(Double(line[0]))
            #expect(try abs(SignificanceTests.kolmogorovTail(x) - #require(Double(line[1]))) < 1e-9, "\(x)")
        }
    }

    @Test func theTestOfKolmogorovAndSmirnovIsSciPys() throws {
        for line in try reference("ks") {
            let (one, other) = (try histogram(line[2]), try histogram(line[3]))
            let found = try #require(SignificanceTests.kolmogorovSmirnov(one, other))
            #expect(try abs(found.distance - #require(Double(line[0]))) < 1e-12)
            #expect(try abs(found.probability - #require(Double(line[1]))) < 1e-9)
        }
        #expect(SignificanceTests.kolmogorovSmirnov(Histogram(), Histogram()) == nil)
    }

    @Test func samplesThatResembleEachOtherProveLess() throws {
        let one = try histogram((0..<200).map { "\(300 + $0)" }.joined(separator: ","))
        let other = try histogram((0..<200).map { "\(340 + $0)" }.joined(separator: ","))
        let plain = try #require(SignificanceTests.kolmogorovSmirnov(one, other))
        let worth = try #require(SignificanceTests.kolmogorovSmirnov(one, other, worth: (20, 20)))
        #expect(plain.probability < 0.001)
        #expect(worth.probability > 0.5)
    }

    @Test func equalRunsWithoutSpreadAreTheSame() {
        let part = BatchMeans.Estimate.Part(variance: 0, degrees: 3)
        let one = BatchMeans.Estimate(mean: 1, parts: [part])
        #expect(SignificanceTests.welch(one, one) == 1)
        #expect(SignificanceTests.welch(one, BatchMeans.Estimate(mean: 2, parts: [part])) == 0)
    }
}
