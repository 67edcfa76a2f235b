import ApeCore
import ApeMetrics

/// Reads a window straight off its bytes: a coordinator reads thousands a second, so no tree is built.
struct WindowDecoder {
    private var texts: [String: String] = [:]
    private var integers: [String: Int64] = [:]
    private var counters: [CounterName: Int64]?
    private var series: [SeriesName: Histogram]?
    private var host: HostSample?
    private var isLate = false

    static func decode(_ line: [UInt8]) throws(ApeError) -> Window {
        var scanner = JSONScanner(line)
        var decoder = WindowDecoder()
        do {
            try decoder.read(&scanner)
            try scanner.finish()
        } catch {
            throw ApeError(.malformed, error.message)
        }
        return try decoder.window()
    }

    private mutating func read(_ scanner: inout JSONScanner) throws(ApeError) {
        try scanner.scanUniqueObject("window") { key, scanner throws(ApeError) in
            switch key {
            case "type", "run", "phase": texts[key] = try scanner.takeString()
            case "seq", "stage", "revision", "start_us", "end_us":
                integers[key] = try scanner.takeInteger("window.\(key)")
            case "agents": try readAgents(&scanner)
            case "counters": counters = try Self.counters(&scanner)
            case "series": series = try Self.series(&scanner)
            case "late": isLate = try scanner.takeValue().bool ?? false
            case "host": host = try HostSample(scanning: &scanner)
            default: _ = try scanner.takeValue()
            }
        }
    }

    private mutating func readAgents(_ scanner: inout JSONScanner) throws(ApeError) {
        try scanner.scanUniqueObject("window.agents") { key, scanner throws(ApeError) in
            switch key {
            case "assigned", "active", "stalled", "waiting":
                integers[key] = try scanner.takeInteger("window.agents.\(key)")
            default: _ = try scanner.takeValue()
            }
        }
    }

    private static func counters(_ scanner: inout JSONScanner) throws(ApeError) -> [CounterName: Int64] {
        var counters: [CounterName: Int64] = [:]
        try scanner.scanObject { key, scanner throws(ApeError) in
            try Self.check(name: key)
            let number = try scanner.takeInteger("window.counters")
            if counters.updateValue(number, forKey: CounterName(rawValue: key)) != nil {
                throw .twice(key, in: "window.counters")
            }
        }
        return counters
    }

    private static func series(_ scanner: inout JSONScanner) throws(ApeError) -> [SeriesName: Histogram] {
        var series: [SeriesName: Histogram] = [:]
        try scanner.scanObject { key, scanner throws(ApeError) in
            try Self.check(name: key)
            let histogram = try Histogram(scanning: &scanner, name: key)
            if series.updateValue(histogram, forKey: SeriesName(rawValue: key)) != nil {
                throw .twice(key, in: "window.series")
            }
        }
        return series
    }

    private static func check(name: String) throws(ApeError) {
        guard name.utf8.count <= WireLimit.seriesNameBytes else {
            throw ApeError(.json, "window has a name of more than \(WireLimit.seriesNameBytes) bytes")
        }
    }

    private func window() throws(ApeError) -> Window {
        guard let run = texts["run"], Fields.isIdentifier(run) else {
            throw ApeError(.malformed, "window.run is missing or no identifier")
        }
        guard let phase = Window.Phase(rawValue: texts["phase"] ?? "") else {
            throw ApeError(.malformed, "window.phase is none of ramp, hold, drain")
        }
        let (start, end) = (try integer("start_us"), try integer("end_us"))
        guard end > start, start % 1_000_000 == 0, end % 1_000_000 == 0 else {
            throw ApeError(.malformed, "window.start_us and end_us are not two rising whole seconds")
        }
        guard let counters, let series, let host else {
            throw ApeError(.malformed, "window lacks counters, series or host")
        }
        guard try integer("seq") >= 1 else { throw ApeError(.malformed, "window.seq is below 1") }
        guard try integer("stage") < WireLimit.maximumStages else {
            throw ApeError(.malformed, "window.stage is \(WireLimit.maximumStages) or more")
        }
        return Window(
            run: run,
            seq: try integer("seq"),
            stage: Int(try integer("stage")),
            revision: Int(try integer("revision")),
            phase: phase,
            startMicros: start,
            endMicros: end,
            assigned: Int(try integer("assigned")),
            active: Int(try integer("active")),
            stalled: Int(integers["stalled"] ?? 0),
            waiting: Int(integers["waiting"] ?? 0),
            isLate: isLate,
            counters: counters,
            series: series,
            host: host
        )
    }

    private func integer(_ name: String) throws(ApeError) -> Int64 {
        guard let value = integers[name] else { throw ApeError(.malformed, "window.\(name) is missing") }
        return value
    }
}
