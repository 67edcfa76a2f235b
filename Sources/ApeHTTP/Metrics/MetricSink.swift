import ApeMetrics

/// What takes the samples of a run or a worker: a page for Prometheus, or an export. Those of one family come one after
/// the other.
package protocol MetricSink {
    /// A sample with a whole number, one value for each of the family's labels.
    mutating func add(_ family: MetricFamily, at labels: [String], _ value: Int64)
    /// A sample with any number.
    mutating func add(_ family: MetricFamily, at labels: [String], number: Double)
    /// A distribution.
    mutating func add(_ family: MetricFamily, at labels: [String], _ buckets: LatencyBuckets)
}

extension MetricSink {
    package mutating func add(_ family: MetricFamily, _ value: Int64) { add(family, at: [], value) }

    package mutating func add(_ family: MetricFamily, number: Double) { add(family, at: [], number: number) }

    package mutating func add(_ family: MetricFamily, _ buckets: LatencyBuckets) { add(family, at: [], buckets) }

    /// A sample with a time or a duration, told in seconds.
    package mutating func add(_ family: MetricFamily, at labels: [String] = [], micros: Int64) {
        add(family, at: labels, number: Double(micros) / 1_000_000)
    }
}
