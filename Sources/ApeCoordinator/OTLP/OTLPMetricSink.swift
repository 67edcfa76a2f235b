import ApeCore
import ApeHTTP
import ApeMetrics
import ApeReport

/// Takes the same samples as the page for Prometheus, for an export. Names lose what OpenTelemetry says by kind and unit;
/// whoever makes a page for Prometheus of them puts it back.
struct OTLPMetricSink: MetricSink {
    private static let bounds = LatencyBuckets.boundsMicros.map { Double($0) / 1_000_000 }
    /// Ends of names that are units, as UCUM writes them.
    private static let units = [("_seconds", "s"), ("_bytes", "By"), ("_percent", "%"), ("_ratio", "1")]

    private(set) var metrics: [OTLPMetric] = []
    private var current: MetricFamily?
    /// The labels of the current family's points: one that came twice is refused as a whole.
    private var seen: Set<[String]> = []
    private let startMicros: Int64
    private let nowMicros: Int64

    init(startMicros: Int64, nowMicros: Int64) {
        self.startMicros = startMicros
        self.nowMicros = nowMicros
    }

    mutating func add(_ family: MetricFamily, at labels: [String], _ value: Int64) {
        add(family, labels) { $0.add($1, integer: value) }
    }

    mutating func add(_ family: MetricFamily, at labels: [String], number: Double) {
        add(family, labels) { $0.add($1, number: number) }
    }

    mutating func add(_ family: MetricFamily, at labels: [String], _ buckets: LatencyBuckets) {
        let counts = buckets.apart
        let above = buckets.count.subtractingClamped(counts.reduce(0) { $0.addingClamped($1) })
        let sum = Double(buckets.sumMicros) / 1_000_000
        add(family, labels) { $0.add($1, sum: sum, buckets: counts + [above], bounds: Self.bounds) }
    }

    private mutating func add(
        _ family: MetricFamily,
        _ labels: [String],
        _ body: (inout OTLPMetric, OTLPAttributes) -> Void
    ) {
        // What says which run it is stands in the resource; the other has a metric of its own already.
        guard family != .runInfo, family.kind != .untyped else { return }
        if current != family {
            current = family
            seen.removeAll(keepingCapacity: true)
            metrics.append(metric(family))
        }
        guard seen.insert(labels).inserted, let last = metrics.indices.last else { return }
        var attributes = OTLPAttributes()
        for (name, value) in zip(family.labels, labels) { attributes.set(name, PlainText.line(value)) }
        body(&metrics[last], attributes)
    }

    private func metric(_ family: MetricFamily) -> OTLPMetric {
        var name = family.name[...]
        if name.hasSuffix("_total") { name.removeLast("_total".count) }
        let unit = Self.units.first { name.hasSuffix($0.0) }
        if let unit { name.removeLast(unit.0.count) }
        let kind: OTLPMetric.Kind =
            switch family.kind {
            case .counter: .sum
            case .histogram: .histogram
            case .gauge, .untyped: .gauge
            }
        return OTLPMetric(
            String(name),
            kind,
            unit: unit?.1 ?? "",
            help: family.help,
            startMicros: startMicros,
            nowMicros: nowMicros
        )
    }
}
