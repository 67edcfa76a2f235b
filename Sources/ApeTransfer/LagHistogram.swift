/// A histogram of how late the reactor was. The width of a bucket is at most a sixteenth of its value.
struct LagHistogram {
    /// The number of bits after the leading one by which values are told apart.
    private static let precisionBits = 4
    /// The number of buckets: enough for lags up to 2^36 microseconds (19 hours). Longer lags count in the last one.
    private static let bucketCount = 33 << precisionBits

    private var counts = [UInt32](repeating: 0, count: bucketCount)
    private var total: UInt32 = 0
    private var sum: Int64 = 0
    private var samples: Int64 = 0

    /// - Parameters:
    ///   - micros: how late a timer fired.
    ///   - period: how often that timer fires, 0 for once: those of its times that passed while it was late were late
    ///     too, and would else be missing from the mean (the coordinated omission that HdrHistogram corrects likewise).
    mutating func record(micros: Int64, period: Int64 = 0) {
        counts[Self.index(of: max(0, micros))] &+= 1
        total &+= 1
        var late = min(max(0, micros), Self.longestMicros)
        repeat {
            sum += late
            samples += 1
            late -= period
        } while period > 0 && late > 0
    }

    /// A lag beyond a minute counts as one of a minute in the mean.
    private static let longestMicros: Int64 = 60_000_000

    /// Returns the mean; 0 without samples.
    var meanMicros: Int64 { samples > 0 ? sum / samples : 0 }

    /// Returns the 99th percentile and removes all samples.
    ///
    /// - Returns: the percentile by nearest rank, as the greatest value of its bucket; 0 without samples.
    mutating func takeP99Micros() -> Int64 {
        guard total > 0 else { return 0 }
        let rank = UInt32((UInt64(total) * 99 + 99) / 100)
        var seen: UInt32 = 0
        var answer: Int64 = 0
        for index in counts.indices {
            seen += counts[index]
            if seen >= rank, answer == 0 {
                answer = Self.greatest(in: index)
                break
            }
        }
        for index in counts.indices { counts[index] = 0 }
        total = 0
        sum = 0
        samples = 0
        return answer
    }

    private static func index(of value: Int64) -> Int {
        let bits = Int64.bitWidth - value.leadingZeroBitCount
        let shift = max(0, bits - precisionBits - 1)
        return min(bucketCount - 1, (shift << precisionBits) + Int(value >> Int64(shift)))
    }

    private static func greatest(in index: Int) -> Int64 {
        let shift = max(0, (index >> precisionBits) - 1)
        return (Int64(index - (shift << precisionBits) + 1) << Int64(shift)) - 1
    }
}
