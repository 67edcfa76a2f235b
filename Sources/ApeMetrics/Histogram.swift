import ApeCore

/// A distribution of durations in microseconds: an exact count and sum, and buckets of relative width below 0.1 %.
///
/// The layout is HdrHistogram's at three significant digits: for a value v with b = max(0, bit length of v - 11),
/// its bucket is b * 1024 + (v >> b). Two histograms merge by adding, so percentiles of a fleet are those of all its
/// samples and never means of percentiles.
package struct Histogram: Sendable, Equatable {
    /// The longest sample that is told from others: 407 days. A longer one counts as this.
    package static let maximumMicros: Int64 = 1 << 45

    package private(set) var count: Int64 = 0
    /// The exact sum of all samples.
    package private(set) var sumMicros: Int64 = 0
    /// The least sample; 0 while empty.
    package private(set) var minMicros: Int64 = 0
    /// The greatest sample; 0 while empty.
    package private(set) var maxMicros: Int64 = 0
    /// The buckets that hold samples, by rising index.
    package private(set) var buckets: [Bucket] = []

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// The exact mean in microseconds; nil while empty.
    package var meanMicros: Double? {
        count > 0 ? Double(sumMicros) / Double(count) : nil
    }

    /// Adds one sample. A negative one, which only a clock that steps can make, counts as 0.
    package mutating func record(_ micros: Int64) {
        let value = min(max(0, micros), Self.maximumMicros)
        minMicros = count == 0 ? value : min(minMicros, value)
        maxMicros = max(maxMicros, value)
        count += 1
        sumMicros = sumMicros.addingClamped(value)
        buckets.add(Self.bucketIndex(of: value))
    }

    /// Adds all samples of another histogram.
    package mutating func merge(_ other: Histogram) {
        guard other.count > 0 else { return }
        minMicros = count == 0 ? other.minMicros : min(minMicros, other.minMicros)
        maxMicros = max(maxMicros, other.maxMicros)
        count = count.addingClamped(other.count)
        sumMicros = sumMicros.addingClamped(other.sumMicros)
        buckets.merge(other.buckets)
    }

    /// The least value that at least `percent` % of the samples do not exceed, as the upper edge of its bucket and
    /// never beyond the greatest sample; nil while empty. This is the nearest-rank definition.
    package func percentile(_ percent: Double) -> Int64? {
        guard count > 0 else { return nil }
        let rank = rank(ofPercent: percent)
        var seen: Int64 = 0
        for bucket in buckets {
            seen = seen.addingClamped(bucket.count)
            if seen >= rank { return max(minMicros, min(maxMicros, Self.greatestValue(of: bucket.index))) }
        }
        return maxMicros
    }

    /// The place of a percentile among the sorted samples, from 1.
    package func rank(ofPercent percent: Double) -> Int64 {
        // In whole thousandths of a percent: 99.9 % of 1,000 is 999, which binary fractions make a hair more.
        let share = Int64((min(max(percent, 0), 100) * 1_000).rounded())
        let (thousands, rest) = count.quotientAndRemainder(dividingBy: 100_000)
        return max(1, thousands * share + (rest * share + 99_999) / 100_000)
    }

    /// The share of samples that do not exceed `micros`, by whole buckets; nil while empty.
    package func share(upTo micros: Int64) -> Double? {
        guard count > 0 else { return nil }
        let last = Self.bucketIndex(of: max(0, micros))
        let within = buckets.prefix { $0.index <= last }.reduce(Int64(0)) { $0.addingClamped($1.count) }
        return Double(within) / Double(count)
    }
}

extension Histogram {
    /// The greatest bucket index that a 63-bit value can have.
    static let maximumBucketIndex: Int32 = 52 * 1024 + 2047

    /// The bucket of a value of at least 0.
    package static func bucketIndex(of value: Int64) -> Int32 {
        let bits = Int64.bitWidth - value.leadingZeroBitCount
        let shift = max(0, bits - 11)
        return Int32(shift * 1024) + Int32(value >> Int64(shift))
    }

    /// The greatest value that falls into a bucket.
    package static func greatestValue(of index: Int32) -> Int64 {
        let shift = max(0, Int64(index) / 1024 - 1)
        let mantissa = Int64(index) - shift * 1024
        return ((mantissa + 1) << shift) &- 1
    }

    /// Rebuilds a histogram that a peer or a store wrote.
    ///
    /// - Returns: nil unless the parts agree: every index in range and rising, every number above 0, their total the
    ///   count, the extremes in the outermost buckets and in bounds, and the sum between count x min and count x max. A
    ///   sum that is clamped may be below that.
    package init?(
        count: Int64,
        sumMicros: Int64,
        minMicros: Int64,
        maxMicros: Int64,
        buckets: [Bucket]
    ) {
        var total: Int64 = 0
        var previous: Int32 = -1
        for bucket in buckets {
            guard bucket.index > previous, bucket.index <= Self.maximumBucketIndex, bucket.count > 0 else { return nil }
            previous = bucket.index
            total = total.addingClamped(bucket.count)
        }
        guard total == count, total < .max else { return nil }
        if let first = buckets.first, let last = buckets.last {
            guard minMicros >= 0, maxMicros >= minMicros, maxMicros <= Self.maximumMicros,
                Self.bucketIndex(of: minMicros) == first.index, Self.bucketIndex(of: maxMicros) == last.index,
                Double(sumMicros) >= min(Double(count) * Double(minMicros), Double(WindowBounds.greatest)),
                Double(sumMicros) <= Double(count) * Double(maxMicros)
            else { return nil }
        } else if sumMicros != 0 || minMicros != 0 || maxMicros != 0 {
            return nil
        }
        self.count = count
        self.sumMicros = sumMicros
        self.minMicros = minMicros
        self.maxMicros = maxMicros
        self.buckets = buckets
    }
}
