import ApeCore
import ApeMetrics

extension MetricSink {
    /// What agents did and met, added up over measures such as those of all stages. What was not met yet is there with
    /// 0, but for families whose labels only their first sample names.
    package mutating func add(_ measures: [Measures]) {
        for metric in LoadMetric.all { add(metric, measures) }
    }

    /// One metric, added up over measures as all of them are.
    ///
    /// - Parameters:
    ///   - metric: what is shown.
    ///   - measures: the parts that it is added up over.
    package mutating func add(_ metric: LoadMetric, _ measures: [Measures]) {
        func total(_ name: CounterName) -> Int64 { measures.reduce(0) { $0.addingClamped($1[name]) } }
        func buckets(_ name: SeriesName) -> LatencyBuckets {
            measures.reduce(into: LatencyBuckets()) { buckets, part in
                if let histogram = part.series[name] { buckets.add(histogram) }
            }
        }
        let family = metric.family
        switch metric.source {
        case .counter(let name): add(family, total(name))
        case .counters(_, let names): for (value, name) in names { add(family, at: [value], total(name)) }
        case .labels(let counters, let always):
            let none = Dictionary(uniqueKeysWithValues: always.map { ($0, Int64(0)) })
            let numbers = measures.reduce(into: none) { numbers, part in
                numbers.merge(part.labels(of: counters)) { $0.addingClamped($1) }
            }
            for (value, number) in numbers.sorted(by: { $0.key < $1.key }) { add(family, at: [value], number) }
        case .series(let name): add(family, buckets(name))
        case .parts(_, let names): for name in names { add(family, at: [name.rawValue], buckets(name)) }
        case .seriesFamily(let series):
            let values = Set(measures.flatMap { $0.series.keys.compactMap { $0.value(in: series) } })
            for value in values.sorted() { add(family, at: [value], buckets(series[value])) }
        }
    }
}
