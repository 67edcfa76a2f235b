import ApeCore
import ApeMetrics
import Testing

@testable import ApeWire

extension Window {
    /// A window of `series` labelled series with `spread` samples each.
    static func sample(series: Int, spread: Int = 3) -> Window {
        var window = Window(
            run: "run-1",
            seq: 41,
            stage: 2,
            revision: 5,
            phase: .hold,
            startMicros: 1_700_000_000_000_000,
            endMicros: 1_700_000_001_000_000,
            assigned: 500,
            active: 498
        )
        window.counters = [.sessionsStarted: 12, .actions(.successful): 480, .sessionsFailed(.target5xx): 1]
        window.host = HostSample(
            cpuPercent: 41.5,
            memoryPercent: 12.25,
            processCPUPercent: 38,
            processMemoryBytes: 52_428_800,
            loopLagP99Micros: 900
        )
        for index in 0..<series {
            var histogram = Histogram()
            for sample in 0..<spread { histogram.record(Int64(200 + 131 * index + 977 * sample)) }
            window.series[SeriesName.target(route: "GET /api/\(index)")] = histogram
        }
        return window
    }

    func decodedAgain() throws -> Window {
        guard case .window(let window) = try Message(line: Message.window(self).line.dropLast()) else {
            throw ApeError(.malformed, "no window")
        }
        return window
    }
}

extension Message {
    fileprivate init(line: ArraySlice<UInt8>) throws(ApeError) {
        try self.init(line: Array(line))
    }
}

@Suite("Windows on the wire")
struct WindowWireTests {
    @Test("A window comes back as it was")
    func roundTrip() throws {
        let window = Window.sample(series: 20, spread: 40)
        #expect(try window.decodedAgain() == window)
        var empty = window
        empty.counters = [:]
        empty.series = [:]
        #expect(try empty.decodedAgain() == empty)
    }

    @Test("The order of fields does not matter")
    func anyOrder() throws {
        let window = Window.sample(series: 1)
        let value = try JSONValue(parsing: Array(Message.window(window).line.dropLast()))
        var turned = JSONObject()
        for member in try #require(value.object).reversed() { turned[member.key] = member.value }
        #expect(try Message(line: JSONValue.object(turned).utf8) == .window(window))
    }

    @Test(
        "A window that contradicts itself is refused",
        arguments: [
            ("\"count\":3", "\"count\":4", "agree"),
            ("\"sum_us\":", "\"sum_us\":9", "agree"),
            ("\"seq\":41", "\"seq\":0", "seq"),
            ("\"seq\":41", "\"seq\":41,\"seq\":42", "twice"),
            ("\"phase\":\"hold\"", "\"phase\":\"nap\"", "phase"),
            ("\"end_us\":1700000001000000", "\"end_us\":1700000000000000", "whole seconds"),
            ("\"end_us\":1700000001000000", "\"end_us\":1700000001000001", "whole seconds"),
            ("\"cpu_percent\":41.5", "\"cpu_percent\":-1", "below 0"),
            ("\"sessions_started\":12", "\"sessions_started\":-12", "not an integer"),
            ("\"sessions_started\":12", "\"sessions_started\":1,\"sessions_started\":1", "twice"),
            ("\"buckets\":[[", "\"buckets\":[[1,1],[", "agree"),
            ("\"active\":498", "\"active\":\"all\"", "expected a value"),
        ]
    )
    func contradictions(part: String, broken: String, reason: String) throws {
        let line = String(decoding: Message.window(.sample(series: 1)).line.dropLast(), as: UTF8.self)
        let parts = line.split(separator: part, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let found: String
        do throws(ApeError) {
            guard case .unreadable(let window) = try Message(line: Array((parts[0] + broken + parts[1]).utf8)) else {
                throw ApeError(.json, "it is read")
            }
            found = window.reason
        } catch {
            found = error.message
        }
        #expect(found.contains(reason), "\(found)")
    }

    @Test("Too many labels join `other`, which loses nothing")
    func foldsLabels() throws {
        let window = Window.sample(series: 300, spread: 400)
        let line = Message.window(window).line
        #expect(line.count <= WireLimit.lineBytes + 1)
        let fitted = try window.decodedAgain()
        let all = window.series.values.reduce(into: Histogram()) { $0.merge($1) }
        #expect(fitted.series == [SeriesName.target(route: "other"): all])
    }

    @Test("What still does not fit is left out by name")
    func dropsByName() throws {
        var window = Window.sample(series: 0)
        for name in [SeriesName.gap, .ttft, .session, .startup, .think, .overhead] {
            var histogram = Histogram()
            for shift in 0..<26 { for step in 0..<1024 { histogram.record(Int64(1024 + step) << Int64(shift)) } }
            window.series[name] = histogram
        }
        let fitted = try window.decodedAgain()
        let dropped = window.series.keys.filter { fitted.series[$0] == nil }
        #expect(dropped.count >= 1)
        for name in dropped {
            let counter = CounterName(rawValue: "series_dropped{series=\(name.rawValue)}")
            #expect(fitted.counters[counter] == window.series[name]?.count)
        }
    }
}

@Suite("The short cut for windows as this code writes them")
struct WindowShortCutTests {
    @Test("White space anywhere takes the general way to the same window")
    func whiteSpace() throws {
        let window = Window.sample(series: 2)
        let line = String(decoding: Message.window(window).line.dropLast(), as: UTF8.self)
        for mark in ["\"count\":", "\"sum_us\":", "\"buckets\":", "[[", "],["] {
            let spaced = line.split(separator: mark, omittingEmptySubsequences: false).joined(separator: mark + " ")
            #expect(try Message(line: Array(spaced.utf8)) == .window(window), "\(mark)")
        }
    }

    @Test(
        "Integers that are none, or too long for it, are left to the general way",
        arguments: ["", "-1", "01", "1.5", "1e3", "1234567890123456", "99999999999999999999999999", "x", "1 "]
    )
    func integers(text: String) throws {
        var scanner = JSONScanner(Array(text.utf8))
        let short = scanner.takeShortInteger()
        #expect(short == (text == "1 " ? 1 : nil))
        if short == nil { #expect(scanner.position == 0) }
    }

    @Test("Pairs that are none are left alone", arguments: ["[]", "[[1]]", "[[1,2,3]]", "[[1,2]", "[[1,2],]", "[1,2]"])
    func pairs(text: String) {
        var scanner = JSONScanner(Array(text.utf8))
        #expect(scanner.takeShortPairs() == nil)
        #expect(scanner.position == 0)
    }
}
