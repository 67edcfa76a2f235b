import ApeCore

extension Histogram {
    /// The samples that are longer than a limit, by whole buckets.
    func samples(above micros: Int64) -> Histogram {
        let last = Self.bucketIndex(of: max(0, micros))
        return Histogram(buckets: buckets.filter { $0.index > last })
    }

    /// All samples, the shorter ones lengthened to just more than a limit.
    func raised(above micros: Int64) -> Histogram {
        let least = min(Self.bucketIndex(of: max(0, micros)) + 1, Self.bucketIndex(of: Self.maximumMicros))
        var raised: [Bucket] = []
        let below = buckets.reduce(Int64(0)) { $1.index <= least ? $0.addingClamped($1.count) : $0 }
        if below > 0 { raised.append(Bucket(index: least, count: below)) }
        return Histogram(buckets: raised + buckets.filter { $0.index > least })
    }

    /// A distribution of which only the buckets are known: each sample counts as the greatest of its bucket.
    private init(buckets: [Bucket]) {
        guard let first = buckets.first, let last = buckets.last else {
            self.init()
            return
        }
        func greatest(_ index: Int32) -> Int64 { min(Self.greatestValue(of: index), Self.maximumMicros) }
        let sum = buckets.reduce(0.0) { $0 + Double($1.count) * Double(greatest($1.index)) }
        self =
            Histogram(
                count: buckets.reduce(0) { $0.addingClamped($1.count) },
                sumMicros: Int64(saturating: sum),
                minMicros: greatest(first.index),
                maxMicros: greatest(last.index),
                buckets: buckets
            ) ?? Histogram()
    }
}
