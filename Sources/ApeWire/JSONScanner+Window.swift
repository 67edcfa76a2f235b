import ApeCore
import ApeMetrics

extension JSONScanner {
    /// Walks an object of few members and refuses a key that stands twice.
    mutating func scanUniqueObject(
        _ name: String,
        _ member: (_ key: String, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        var seen: Set<String> = []
        try scanObject { key, scanner throws(ApeError) in
            guard seen.insert(key).inserted else { throw .twice(key, in: name) }
            try member(key, &scanner)
        }
    }

    /// Takes an integer of at least 0 that every JSON library reads exactly.
    mutating func takeInteger(_ name: @autoclosure () -> String) throws(ApeError) -> Int64 {
        if let number = takeShortInteger() { return number }
        guard let number = try takeNumber().integer, WireLimit.counts.contains(number) else {
            throw ApeError(.json, "\(name()) is not an integer of 0...\(WireLimit.maximumInteger)")
        }
        return number
    }

    /// Takes a number of at least 0.
    mutating func takeShare(_ name: @autoclosure () -> String) throws(ApeError) -> Double {
        guard let number = try takeNumber().number, number >= 0 else {
            throw ApeError(.json, "\(name()) is below 0")
        }
        return number
    }
}

extension ApeError {
    static func twice(_ key: String, in object: String) -> ApeError {
        ApeError(.json, "The key \"\(key.prefix(64))\" stands twice in \(object)")
    }
}

/// The members of a series as they stand on the wire.
private struct SeriesParts {
    var count: Int64?
    var sum: Int64?
    var min: Int64?
    var max: Int64?
    var buckets: [(Int64, Int64)] = []

    /// Reads the members in the order in which this code writes them; nil where they stand otherwise.
    init?(fast scanner: inout JSONScanner) {
        var ahead = scanner
        guard ahead.takeText("{\"count\":"), let count = ahead.takeShortInteger(),
            ahead.takeText(",\"sum_us\":"), let sum = ahead.takeShortInteger(),
            ahead.takeText(",\"min_us\":"), let min = ahead.takeShortInteger(),
            ahead.takeText(",\"max_us\":"), let max = ahead.takeShortInteger(),
            ahead.takeText(",\"buckets\":"), let buckets = ahead.takeShortPairs(), ahead.takeText("}")
        else { return nil }
        (self.count, self.sum, self.min, self.max, self.buckets) = (count, sum, min, max, buckets)
        scanner = ahead
    }

    /// Reads the members in any order.
    init(scanning scanner: inout JSONScanner, name: String) throws(ApeError) {
        try scanner.scanUniqueObject(name) { key, scanner throws(ApeError) in
            switch key {
            case "count": count = try scanner.takeInteger("\(name).count")
            case "sum_us": sum = try scanner.takeInteger("\(name).sum_us")
            case "min_us": min = try scanner.takeInteger("\(name).min_us")
            case "max_us": max = try scanner.takeInteger("\(name).max_us")
            case "buckets":
                try scanner.scanArray { _, scanner throws(ApeError) in
                    try scanner.expect(UInt8(ascii: "["))
                    let index = try scanner.takeInteger("\(name)'s bucket")
                    try scanner.expect(UInt8(ascii: ","))
                    let count = try scanner.takeInteger("\(name)'s bucket")
                    try scanner.expect(UInt8(ascii: "]"))
                    buckets.append((index, count))
                }
            default: _ = try scanner.takeValue()
            }
        }
    }
}

extension Histogram {
    init(scanning scanner: inout JSONScanner, name: String) throws(ApeError) {
        let parts: SeriesParts
        if let fast = SeriesParts(fast: &scanner) {
            parts = fast
        } else {
            parts = try SeriesParts(scanning: &scanner, name: name)
        }
        guard let count = parts.count, let sum = parts.sum, let min = parts.min, let max = parts.max else {
            throw ApeError(.json, "The series \(name) lacks count, sum_us, min_us or max_us")
        }
        let buckets = parts.buckets.map { Histogram.Bucket(index: Int32(clamping: $0.0), count: $0.1) }
        guard
            let histogram = Histogram(count: count, sumMicros: sum, minMicros: min, maxMicros: max, buckets: buckets)
        else {
            throw ApeError(.json, "The series \(name) does not agree with its own buckets")
        }
        self = histogram
    }
}

extension HostSample {
    init(scanning scanner: inout JSONScanner) throws(ApeError) {
        self.init()
        try scanner.scanUniqueObject("window.host") { key, scanner throws(ApeError) in
            switch key {
            case "cpu_percent": cpuPercent = try scanner.takeShare("window.host.cpu_percent")
            case "memory_percent": memoryPercent = try scanner.takeShare("window.host.memory_percent")
            case "process_cpu_percent": processCPUPercent = try scanner.takeShare("window.host.process_cpu_percent")
            case "process_memory_bytes":
                processMemoryBytes = try scanner.takeInteger("window.host.process_memory_bytes")
            case "loop_lag_mean_us":
                loopLagMeanMicros = try scanner.takeInteger("window.host.loop_lag_mean_us")
            case "loop_lag_p99_us": loopLagP99Micros = try scanner.takeInteger("window.host.loop_lag_p99_us")
            default: _ = try scanner.takeValue()
            }
        }
    }
}
