import ApeCore
import ApeMetrics

/// Writes a window as one line, without a tree between, every value held within ``WindowBounds``.
///
/// A line is bounded, so a window that would be longer is made to fit, and says what it lost: first every labelled
/// series joins its family's `other`, which keeps all samples; then whole series are left out, the longest first,
/// each named by a counter `series_dropped{series=...}`; then counters join their family's `other` likewise, and the
/// longest names are left out.
enum WindowEncoder {
    static func line(of window: Window) -> [UInt8] {
        var fitted = window
        if window.hasLongNames { fitted.shortenNames() }
        var line = encode(fitted)
        guard line.count > WireLimit.lineBytes + 1 else { return line }
        fitted.foldSeries()
        line = encode(fitted)
        while line.count > WireLimit.lineBytes + 1, fitted.dropLongestSeries() { line = encode(fitted) }
        guard line.count > WireLimit.lineBytes + 1 else { return line }
        fitted.foldCounters()
        line = encode(fitted)
        while line.count > WireLimit.lineBytes + 1, fitted.dropLongCounters() { line = encode(fitted) }
        return line
    }

    private static func encode(_ window: Window) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 4096)
        writer.append("{\"type\":\"window\",\"run\":")
        writer.write(string: window.run)
        writer.member(",\"seq\":", window.seq, WindowBounds.numbers)
        writer.member(",\"stage\":", Int64(window.stage), WindowBounds.stages)
        writer.member(",\"revision\":", Int64(window.revision), WindowBounds.revisions)
        writer.append(",\"phase\":")
        writer.write(string: window.phase.rawValue)
        let (start, end) = window.boundedSpan
        writer.member(",\"start_us\":", start)
        writer.member(",\"end_us\":", end)
        writer.member(",\"agents\":{\"assigned\":", Int64(window.assigned), WindowBounds.agents)
        writer.member(",\"active\":", Int64(window.active), WindowBounds.agents)
        writer.member(",\"stalled\":", Int64(window.stalled), WindowBounds.agents)
        writer.member(",\"waiting\":", Int64(window.waiting), WindowBounds.agents)
        writer.append(window.isLate ? "},\"late\":true,\"counters\":{" : "},\"counters\":{")
        var isFirst = true
        for (name, number) in window.counters.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.key(name.rawValue, isFirst: &isFirst)
            writer.write(integer: number.clamped(to: WindowBounds.counts))
        }
        writer.append("},\"series\":{")
        isFirst = true
        for (name, histogram) in window.series.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.key(name.rawValue, isFirst: &isFirst)
            writer.write(WindowBounds.counts.contains(histogram.count) ? histogram : histogram.thinned)
        }
        writer.append("},\"host\":")
        writer.write(window.host)
        writer.append("}\n")
        return writer.bytes
    }
}

extension Window {
    /// Its start and its end, as two whole seconds that may be.
    fileprivate var boundedSpan: (start: Int64, end: Int64) {
        let start = startMicros.clamped(to: 0...WindowBounds.moments.upperBound - WindowBounds.lengths.upperBound)
        let length = endMicros.subtractingClamped(startMicros).clamped(to: WindowBounds.lengths)
        let first = start / 1_000_000 * 1_000_000
        return (first, first + length / 1_000_000 * 1_000_000)
    }

    fileprivate var hasLongNames: Bool {
        counters.keys.contains { $0.rawValue.utf8.count > WindowBounds.nameBytes }
            || series.keys.contains { $0.rawValue.utf8.count > WindowBounds.nameBytes }
    }

    fileprivate mutating func shortenNames() {
        let (named, measured) = (counters, series)
        (counters, series) = ([:], [:])
        for (name, number) in named {
            let short = CounterName(rawValue: name.rawValue.shortened(to: WindowBounds.nameBytes))
            counters[short] = (counters[short] ?? 0).addingClamped(number)
        }
        for (name, histogram) in measured {
            let short = SeriesName(rawValue: name.rawValue.shortened(to: WindowBounds.nameBytes))
            series[short, default: Histogram()].merge(histogram)
        }
    }

    fileprivate mutating func foldSeries() {
        for (name, histogram) in series {
            guard let other = name.with(labelValue: WindowTally.otherLabel), name != other else { continue }
            series[name] = nil
            series[other, default: Histogram()].merge(histogram)
        }
    }

    /// Whether there was one left to drop.
    fileprivate mutating func dropLongestSeries() -> Bool {
        let longest = series.max {
            ($0.value.buckets.count, $1.key.rawValue) < ($1.value.buckets.count, $0.key.rawValue)
        }
        guard let name = longest?.key else { return false }
        let label = name.rawValue.shortened(to: WindowBounds.labelBytes)
        counters[CounterFamily.seriesDropped[label]] = series[name]?.count
        series[name] = nil
        return true
    }

    fileprivate mutating func foldCounters() {
        for (name, number) in counters {
            guard let other = name.with(labelValue: WindowTally.otherLabel), name != other else { continue }
            counters[name] = nil
            counters[other] = (counters[other] ?? 0).addingClamped(number)
        }
    }

    /// Drops half of the counters, those with the longest names. Returns whether there were any.
    fileprivate mutating func dropLongCounters() -> Bool {
        guard !counters.isEmpty else { return false }
        let byLength = counters.keys.map(\.rawValue).sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        let longest = byLength.suffix((byLength.count + 1) / 2)
        for name in longest { counters[CounterName(rawValue: name)] = nil }
        let dropped = CounterFamily.seriesDropped["counters"]
        if longest.count > 1 { counters[dropped] = (counters[dropped] ?? 0).addingClamped(Int64(longest.count)) }
        return true
    }
}

extension Histogram {
    /// The same distribution of fewer samples, so that their number is in bounds.
    fileprivate var thinned: Histogram {
        let total = buckets.reduce(0.0) { $0 + Double($1.count) }
        let factor = Int64(saturating: total / Double(WindowBounds.greatest)) + 2
        let buckets = buckets.map { Histogram.Bucket(index: $0.index, count: max(1, $0.count / factor)) }
        let number = buckets.reduce(Int64(0)) { $0.addingClamped($1.count) }
        let (least, most) = (number.multipliedClamped(by: minMicros), number.multipliedClamped(by: maxMicros))
        return Histogram(
            count: number,
            sumMicros: max(least, min(most, sumMicros / factor)),
            minMicros: minMicros,
            maxMicros: maxMicros,
            buckets: buckets
        ) ?? Histogram()
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ key: StaticString, _ value: Int64) {
        append(key)
        write(integer: value)
    }

    fileprivate mutating func member(_ key: StaticString, _ value: Int64, _ range: ClosedRange<Int64>) {
        member(key, value.clamped(to: range))
    }

    fileprivate mutating func key(_ name: String, isFirst: inout Bool) {
        if !isFirst { append(",") }
        isFirst = false
        write(string: name)
        append(":")
    }

    fileprivate mutating func write(_ histogram: Histogram) {
        member("{\"count\":", histogram.count)
        member(",\"sum_us\":", histogram.sumMicros, WindowBounds.counts)
        member(",\"min_us\":", histogram.minMicros)
        member(",\"max_us\":", histogram.maxMicros)
        append(",\"buckets\":[")
        var isFirst = true
        for bucket in histogram.buckets {
            member(isFirst ? "[" : ",[", Int64(bucket.index))
            member(",", bucket.count)
            append("]")
            isFirst = false
        }
        append("]}")
    }

    fileprivate mutating func write(_ host: HostSample) {
        append("{\"cpu_percent\":")
        write(percent: host.cpuPercent)
        append(",\"memory_percent\":")
        write(percent: host.memoryPercent)
        append(",\"process_cpu_percent\":")
        write(percent: host.processCPUPercent)
        member(",\"process_memory_bytes\":", host.processMemoryBytes, WindowBounds.counts)
        member(",\"loop_lag_p99_us\":", host.loopLagP99Micros, WindowBounds.lags)
        member(",\"loop_lag_mean_us\":", host.loopLagMeanMicros, WindowBounds.lags)
        append("}")
    }

    private mutating func write(percent: Double) {
        write(.number(percent.isNaN ? 0 : percent.clamped(to: WindowBounds.percents)))
    }
}
