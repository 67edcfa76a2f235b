import ApeCore

/// A metric of a run with its points.
package struct OTLPMetric: Sendable {
    package enum Kind: Sendable {
        /// A sum since the run's beginning that only grows.
        case sum
        case gauge
        /// A distribution since the run's beginning.
        case histogram
    }

    private static let cumulative: UInt32 = 2

    package let name: String
    package let kind: Kind
    /// As UCUM writes it.
    package let unit: String
    package let help: String
    private var points: [OTLPMessage] = []
    private let startNanos: UInt64
    private let nowNanos: UInt64

    /// - Parameters:
    ///   - name: without its unit and without `_total`, which whoever makes a page for Prometheus adds.
    ///   - kind: what its points are.
    ///   - unit: as UCUM writes it.
    ///   - help: a sentence.
    ///   - startMicros: when the run began, in fleet time.
    ///   - nowMicros: when its points were taken, in fleet time.
    package init(_ name: String, _ kind: Kind, unit: String, help: String, startMicros: Int64, nowMicros: Int64) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.help = help
        startNanos = OTLPSpan.nanos(startMicros)
        nowNanos = OTLPSpan.nanos(max(startMicros, nowMicros))
    }

    package mutating func add(_ attributes: OTLPAttributes, integer: Int64) {
        add(attributes, 6, "asInt", .signedFixed64(integer))
    }

    package mutating func add(_ attributes: OTLPAttributes, number: Double) {
        add(attributes, 4, "asDouble", .double(number))
    }

    private mutating func add(
        _ attributes: OTLPAttributes,
        _ number: UInt32,
        _ name: String,
        _ value: OTLPMessage.Value
    ) {
        var point = OTLPMessage()
        if kind != .gauge { point.add(2, "startTimeUnixNano", .fixed64(startNanos)) }
        point.add(3, "timeUnixNano", .fixed64(nowNanos))
        point.add(number, name, value)
        point.addUnlessDefault(7, "attributes", .messages(attributes.messages))
        points.append(point)
    }

    /// A distribution: samples in each bucket up to its bound, and one bucket more for those above all.
    package mutating func add(_ attributes: OTLPAttributes, sum: Double, buckets: [Int64], bounds: [Double]) {
        var point = OTLPMessage()
        let counts = buckets.map { UInt64(max(0, $0)) }
        point.add(2, "startTimeUnixNano", .fixed64(startNanos))
        point.add(3, "timeUnixNano", .fixed64(nowNanos))
        point.addUnlessDefault(4, "count", .fixed64(counts.reduce(0, &+)))
        point.add(5, "sum", .double(sum))
        point.add(6, "bucketCounts", .packedFixed64(counts))
        point.add(7, "explicitBounds", .packedDouble(bounds))
        point.addUnlessDefault(9, "attributes", .messages(attributes.messages))
        points.append(point)
    }

    var message: OTLPMessage {
        var metric = OTLPMessage()
        metric.add(1, "name", .text(name))
        metric.addUnlessDefault(2, "description", .text(help))
        metric.addUnlessDefault(3, "unit", .text(unit))
        var data = OTLPMessage()
        data.add(1, "dataPoints", .messages(points))
        if kind != .gauge { data.add(2, "aggregationTemporality", .number(Self.cumulative)) }
        switch kind {
        case .gauge: metric.add(5, "gauge", .message(data))
        case .sum:
            data.add(3, "isMonotonic", .flag(true))
            metric.add(7, "sum", .message(data))
        case .histogram: metric.add(9, "histogram", .message(data))
        }
        return metric
    }
}

extension OTLPOrigin {
    /// An export's request, `ExportMetricsServiceRequest`.
    package func request(_ metrics: [OTLPMetric]) -> OTLPMessage {
        request(("resourceMetrics", "scopeMetrics"), ("metrics", metrics.map(\.message)))
    }
}
