import ApeCore
import ApeMetrics

/// Reads a window straight off its bytes: a coordinator reads thousands a second, so no tree is built.
struct WindowDecoder {
    private var texts: [String: String] = [:]
    private var integers: [String: Int64] = [:]
    /// The window's number, once something stands behind it: a line that is cut short must not name another window.
    private var number: Int64?
    private var counters: [CounterName: Int64]?
    private var series: [SeriesName: Histogram]?
    private var host: HostSample?
    private var isLate = false

    /// The window of a line.
    ///
    /// - Returns: ``Message/window(_:)``, or ``Message/unreadable(_:)`` where only its run and its number can be read.
    /// - Throws: ``ApeError`` of code `malformed` where not even these can.
    static func decode(_ line: [UInt8]) throws(ApeError) -> Message {
        var decoder = WindowDecoder()
        do throws(ApeError) {
            return .window(try decoder.window(of: line))
        } catch {
            guard let run = decoder.texts["run"], Fields.isIdentifier(run), let seq = decoder.number,
                WindowBounds.numbers.contains(seq)
            else { throw ApeError(.malformed, error.message) }
            return .unreadable(UnreadableWindow(run: run, seq: seq, reason: error.message))
        }
    }

    private mutating func window(of line: [UInt8]) throws(ApeError) -> Window {
        var scanner = JSONScanner(line)
        try read(&scanner)
        try scanner.finish()
        guard Message.isUTF8(line) else { throw ApeError(.malformed, "The line is not UTF-8") }
        let window = try window()
        if let excess = window.excess { throw ApeError(.malformed, "window: \(excess)") }
        return window
    }

    private mutating func read(_ scanner: inout JSONScanner) throws(ApeError) {
        try scanner.scanUniqueObject("window") { key, scanner throws(ApeError) in
            number = integers["seq"]
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
        number = integers["seq"]
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
        guard name.utf8.count <= WindowBounds.nameBytes else {
            throw ApeError(.json, "window has a name of more than \(WindowBounds.nameBytes) bytes")
        }
    }

    private func window() throws(ApeError) -> Window {
        guard let run = texts["run"], Fields.isIdentifier(run) else {
            throw ApeError(.malformed, "window.run is missing or no identifier")
        }
        guard let phase = Window.Phase(rawValue: texts["phase"] ?? "") else {
            throw ApeError(.malformed, "window.phase is none of ramp, hold, drain")
        }
        guard let counters, let series, let host else {
            throw ApeError(.malformed, "window lacks counters, series or host")
        }
        return Window(
            run: run,
            seq: try integer("seq"),
            stage: Int(try integer("stage")),
            revision: Int(try integer("revision")),
            phase: phase,
            startMicros: try integer("start_us"),
            endMicros: try integer("end_us"),
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
