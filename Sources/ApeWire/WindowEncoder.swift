import ApeCore
import ApeMetrics

/// Writes a window as one line, without a tree between.
///
/// A line is bounded, so a window that would be longer is made to fit, and says what it lost: first every labelled
/// series joins its family's `other`, which keeps all samples; then whole series are left out, the longest first,
/// each named by a counter `series_dropped{series=...}`.
enum WindowEncoder {
    static func line(of window: Window) -> [UInt8] {
        var line = encode(window)
        guard line.count > WireLimit.lineBytes + 1 else { return line }
        var fitted = window
        fitted.foldLabels()
        line = encode(fitted)
        while line.count > WireLimit.lineBytes + 1, fitted.dropLongestSeries() { line = encode(fitted) }
        return line
    }

    private static func encode(_ window: Window) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 4096)
        writer.append("{\"type\":\"window\",\"run\":")
        writer.write(string: window.run)
        writer.member(",\"seq\":", window.seq)
        writer.member(",\"stage\":", Int64(window.stage))
        writer.member(",\"revision\":", Int64(window.revision))
        writer.append(",\"phase\":")
        writer.write(string: window.phase.rawValue)
        writer.member(",\"start_us\":", window.startMicros)
        writer.member(",\"end_us\":", window.endMicros)
        writer.member(",\"agents\":{\"assigned\":", Int64(window.assigned))
        writer.member(",\"active\":", Int64(window.active))
        writer.member(",\"stalled\":", Int64(window.stalled))
        writer.member(",\"waiting\":", Int64(window.waiting))
        writer.append(window.isLate ? "},\"late\":true,\"counters\":{" : "},\"counters\":{")
        var isFirst = true
        for (name, number) in window.counters.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.key(name.rawValue, isFirst: &isFirst)
            writer.write(integer: number)
        }
        writer.append("},\"series\":{")
        isFirst = true
        for (name, histogram) in window.series.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.key(name.rawValue, isFirst: &isFirst)
            writer.write(histogram)
        }
        writer.append("},\"host\":")
        writer.write(window.host)
        writer.append("}\n")
        return writer.bytes
    }
}

extension Window {
    fileprivate mutating func foldLabels() {
        for (name, histogram) in series {
            guard let other = name.with(labelValue: WindowTally.otherLabel), name != other else { continue }
            series[name] = nil
            series[other, default: Histogram()].merge(histogram)
        }
    }

    /// Whether there was one left to drop.
    fileprivate mutating func dropLongestSeries() -> Bool {
        let longest = series.max { ($0.value.bucketCount, $1.key.rawValue) < ($1.value.bucketCount, $0.key.rawValue) }
        guard let name = longest?.key else { return false }
        counters[CounterFamily.seriesDropped[name.rawValue]] = series[name]?.count
        series[name] = nil
        return true
    }
}

extension Histogram {
    fileprivate var bucketCount: Int { sortedBuckets.count }
}

extension JSONWriter {
    fileprivate mutating func member(_ key: StaticString, _ value: Int64) {
        append(key)
        write(integer: value)
    }

    fileprivate mutating func key(_ name: String, isFirst: inout Bool) {
        if !isFirst { append(",") }
        isFirst = false
        write(string: name)
        append(":")
    }

    fileprivate mutating func write(_ histogram: Histogram) {
        member("{\"count\":", histogram.count)
        member(",\"sum_us\":", histogram.sumMicros)
        member(",\"min_us\":", histogram.minMicros)
        member(",\"max_us\":", histogram.maxMicros)
        append(",\"buckets\":[")
        var isFirst = true
        for (index, count) in histogram.sortedBuckets {
            member(isFirst ? "[" : ",[", Int64(index))
            member(",", count)
            append("]")
            isFirst = false
        }
        append("]}")
    }

    fileprivate mutating func write(_ host: HostSample) {
        append("{\"cpu_percent\":")
        write(.number(host.cpuPercent))
        append(",\"memory_percent\":")
        write(.number(host.memoryPercent))
        append(",\"process_cpu_percent\":")
        write(.number(host.processCPUPercent))
        member(",\"process_memory_bytes\":", host.processMemoryBytes)
        member(",\"loop_lag_p99_us\":", host.loopLagP99Micros)
        member(",\"loop_lag_mean_us\":", host.loopLagMeanMicros)
        append("}")
    }
}
