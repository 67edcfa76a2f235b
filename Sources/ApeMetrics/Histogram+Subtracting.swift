import ApeCore

extension Histogram {
    /// The samples that are not among others, which are a part of these. Count and sum are exact; the extremes are those of
    /// the outermost buckets.
    package func subtracting(_ part: Histogram) -> Histogram {
        guard !part.isEmpty else { return self }
        var taken = part.buckets[...]
        let buckets = self.buckets.compactMap { bucket -> Bucket? in
            taken = taken.drop { $0.index < bucket.index }
            guard let first = taken.first, first.index == bucket.index else { return bucket }
            let rest = bucket.count.subtractingClamped(first.count)
            return rest > 0 ? Bucket(index: bucket.index, count: rest) : nil
        }
        guard let first = buckets.first, let last = buckets.last else { return Histogram() }
        let least = max(minMicros, first.index == 0 ? 0 : Self.greatestValue(of: first.index - 1) + 1)
        let greatest = min(maxMicros, Self.greatestValue(of: last.index))
        let count = buckets.reduce(Int64(0)) { $0.addingClamped($1.count) }
        let (low, high) = (Double(count) * Double(least), Double(count) * Double(greatest))
        let sum = min(max(Double(sumMicros.subtractingClamped(part.sumMicros)), low), high)
        return Histogram(
            count: count,
            sumMicros: Int64(saturating: sum),
            minMicros: least,
            maxMicros: greatest,
            buckets: buckets
        ) ?? self
    }
}
