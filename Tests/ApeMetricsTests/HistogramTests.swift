import ApeCore
@testable import ApeMetrics
import Testing

@Suite struct HistogramTests {
    /// The contract's formula, written out: b = max(0, bit length - 11), index = b * 1024 + (v >> b).
    private func contractIndex(_ value: Int64) -> Int64 {
        var bits: Int64 = 0
        while bits < 63, value >> bits > 0 { bits += 1 }
        let shift = max(0, bits - 11)
        return shift * 1024 + (value >> shift)
    }

    @Test func everyPowerOfTwoAndItsNeighboursFollowTheContract() {
        var values: Set<Int64> = [0, 1, 2, 3, .max]
        for power in 1..<63 {
            let edge = Int64(1) << power
            values.formUnion([edge - 1, edge, edge + 1, edge + edge / 2, edge + edge / 1024])
        }
        for value in values {
            #expect(Int64(Histogram.bucketIndex(of: value)) == contractIndex(value), "\(value)")
        }
        #expect(Histogram.bucketIndex(of: .max) == Histogram.maximumBucketIndex)
    }

    @Test func bucketsJoinWithoutGapOrOverlap() {
        var next: Int64 = 0
        var wrong = 0
        for index in 0...Histogram.maximumBucketIndex {
            let last = Histogram.greatestValue(of: index)
            if Histogram.bucketIndex(of: next) != index || Histogram.bucketIndex(of: last) != index { wrong += 1 }
            if Double(last - next) > 0.001 * Double(next) { wrong += 1 }
            next = last &+ 1
        }
        #expect(wrong == 0)
        #expect(next == .min)
    }

    @Test func mergedWindowsHaveThePercentilesOfAllSamples() throws {
        var random = SeededRandom(seed: 20)
        var raw: [Int64] = []
        var fleet = Histogram()
        for _ in 0..<8 {
            var worker = Histogram()
            for _ in 0..<60 {
                var window = Histogram()
                for _ in 0..<(random.next() % 40) {
                    // Four orders of magnitude, from 1 ms to 10 s.
                    var value = 1_000 + Int64(random.unit() * 1_000)
                    for _ in 0..<(random.next() % 4) { value *= 10 }
                    raw.append(value)
                    window.record(value)
                }
                worker.merge(window)
            }
            fleet.merge(worker)
        }
        raw.sort()
        #expect(fleet.count == Int64(raw.count))
        #expect(fleet.sumMicros == raw.reduce(0, +))
        #expect(fleet.minMicros == raw.first)
        #expect(fleet.maxMicros == raw.last)
        for percent in [0.0, 1, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100] {
            let rank = max(1, Int((Double(raw.count) * percent / 100).rounded(.up)))
            let exact = raw[rank - 1]
            let merged = try #require(fleet.percentile(percent))
            #expect(abs(Double(merged - exact)) <= 0.001 * Double(exact), "p\(percent)")
        }
    }

    @Test func anEmptyOneHasNoMeanAndNoPercentile() {
        #expect(Histogram().meanMicros == nil)
        #expect(Histogram().percentile(50) == nil)
        #expect(Histogram().share(upTo: 1) == nil)
    }

    @Test func aNegativeSampleCountsAsZero() {
        var histogram = Histogram()
        histogram.record(-5)
        #expect(histogram.sumMicros == 0)
        #expect(histogram.percentile(100) == 0)
    }

    @Test func aSampleTooLongToBeTrueCountsAsTheLongest() {
        var histogram = Histogram()
        histogram.record(.max)
        histogram.record(.max)
        #expect(histogram.sumMicros == 2 << 45)
        #expect(histogram.percentile(50) == 1 << 45)
    }

    @Test func sumsDoNotOverflow() throws {
        let most = Histogram.maximumMicros
        let (place, many) = (Histogram.bucketIndex(of: most), Int64.max / 2)
        let great = try #require(
            Histogram(
                count: many,
                sumMicros: .max,
                minMicros: most,
                maxMicros: most,
                buckets: [Histogram.Bucket(index: place, count: many)]
            )
        )
        var histogram = great
        for _ in 0..<3 { histogram.merge(great) }
        #expect(histogram.count == .max)
        #expect(histogram.sumMicros == .max)
        #expect(histogram.percentile(50) == most)
    }

    @Test func whatWasWrittenIsRebuilt() throws {
        var histogram = Histogram()
        for value in [0, 5, 5, 70_000, 9_000_000] as [Int64] { histogram.record(value) }
        let again = try #require(
            Histogram(
                count: histogram.count,
                sumMicros: histogram.sumMicros,
                minMicros: histogram.minMicros,
                maxMicros: histogram.maxMicros,
                buckets: histogram.buckets
            )
        )
        #expect(again == histogram)
    }

    /// Lists of every length against every other, with buckets in common, before, between and behind.
    @Test func mergedBucketsAreThoseOfAllSamples() {
        var random = SeededRandom(seed: 4)
        for _ in 0..<300 {
            var (one, other, all) = (Histogram(), Histogram(), Histogram())
            var wanted: [Int32: Int64] = [:]
            let range = Int64(1 + random.next() % 200)
            for place in 0..<Int(random.next() % 120) {
                let value = Int64(random.next() % UInt64(range)) * (place % 7 == 0 ? 50 : 1)
                if random.next() % 3 == 0 { one.record(value) } else { other.record(value) }
                all.record(value)
                wanted[Histogram.bucketIndex(of: value), default: 0] += 1
            }
            one.merge(other)
            #expect(one == all)
            #expect(one.buckets.map(\.index) == wanted.keys.sorted())
            #expect(one.buckets.allSatisfy { wanted[$0.index] == $0.count })
        }
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var count: Int64 = 2
        var sum: Int64 = 30
        var least: Int64 = 10
        var greatest: Int64 = 20
        var buckets: [(index: Int32, count: Int64)] = [(10, 1), (20, 1)]
    }

    @Test(arguments: [
        Hostile(testDescription: "count is not the buckets' total", count: 3),
        Hostile(testDescription: "count without buckets", buckets: []),
        Hostile(testDescription: "falling indices", buckets: [(20, 1), (10, 1)]),
        Hostile(testDescription: "an index twice", buckets: [(10, 1), (10, 1)]),
        Hostile(testDescription: "a negative index", buckets: [(-1, 1), (20, 1)]),
        Hostile(testDescription: "an index out of range", buckets: [(10, 1), (Histogram.maximumBucketIndex + 1, 1)]),
        Hostile(testDescription: "an empty bucket", count: 1, buckets: [(10, 1), (20, 0)]),
        Hostile(testDescription: "a negative bucket", count: 0, buckets: [(10, 1), (20, -1)]),
        Hostile(testDescription: "a total beyond 64 bits", count: .max, buckets: [(10, .max), (20, .max)]),
        Hostile(testDescription: "a sum too small", sum: 19),
        Hostile(testDescription: "a sum too great", sum: 41),
        Hostile(testDescription: "a minimum outside the first bucket", least: 9),
        Hostile(testDescription: "a maximum outside the last bucket", greatest: 21),
        Hostile(testDescription: "a negative minimum", least: -1),
        Hostile(
            testDescription: "a sample beyond the longest",
            count: 1,
            sum: Histogram.maximumMicros + 1,
            least: Histogram.maximumMicros + 1,
            greatest: Histogram.maximumMicros + 1,
            buckets: [(Histogram.bucketIndex(of: Histogram.maximumMicros + 1), 1)]
        ),
    ])
    func hostilePartsAreRefused(_ parts: Hostile) {
        let rebuilt = Histogram(
            count: parts.count,
            sumMicros: parts.sum,
            minMicros: parts.least,
            maxMicros: parts.greatest,
            buckets: parts.buckets.map { Histogram.Bucket(index: $0.index, count: $0.count) }
        )
        #expect(rebuilt == nil)
    }
}
