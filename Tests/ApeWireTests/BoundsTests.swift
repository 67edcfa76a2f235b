import ApeCore
import ApeMetrics
import ApeTestKit
import Testing

@testable import ApeWire

@Suite("Bounds of the wire")
struct BoundsTests {
    @Test("Whatever one side sends, the other can read")
    func everythingEncodedDecodes() throws {
        var extremes = Extremes(seed: 15)
        for round in 0..<200 {
            for message in extremes.messages() {
                let line = message.line
                let isFirst = if case .hello = message { true } else { false }
                #expect(line.count <= (isFirst ? WireLimit.openingLineBytes : WireLimit.lineBytes) + 1)
                let again = try Message(line: Array(line.dropLast()))
                #expect(again.type == message.type)
                if case .unreadable(let window) = again {
                    Issue.record(
                        "round \(round): \(window.reason): \(String(decoding: line.prefix(600), as: UTF8.self))"
                    )
                    return
                }
                // What is in bounds is not changed a second time. The labels of a hello stand in the order of their names.
                let isStable = isFirst || again.line == line
                #expect(isStable, "round \(round): \(message.type)")
            }
        }
    }

    @Test("What is in bounds is sent as it is")
    func clampsNothingElse() throws {
        let window = Window.sample(series: 3)
        #expect(try window.decodedAgain() == window)
        let event = WorkerEvent(run: "r", level: .info, code: "c", message: "m", agent: 9_999_999, traceID: "t")
        #expect(try Message(line: Array(Message.event(event).line.dropLast())) == .event(event))
    }

    @Test(
        "A number beyond its bound is clamped on its way",
        arguments: [
            ((Int64.max, Int64.max), (9_007_199_254_740_991, Int64(1) << 45)),
            ((-1, -1), (0, 0)), ((5, 7), (5, 7)),
        ] as [((Int64, Int64), (Int64, Int64))]
    )
    func clamps(given: (Int64, Int64), expected: (Int64, Int64)) throws {
        var window = Window.sample(series: 0)
        window.counters[.tokensIn] = given.0
        var histogram = Histogram()
        histogram.record(given.1)
        window.series[.serverQueue] = histogram
        let again = try window.decodedAgain()
        #expect(again.counters[.tokensIn] == expected.0)
        #expect(again.series[.serverQueue]?.maxMicros == expected.1)
    }

    @Test("Long names are shortened and stay apart")
    func longNames() throws {
        var window = Window.sample(series: 0)
        let path = String(repeating: "/very-long", count: 150)
        window.counters = [CounterName(rawValue: path + "1"): 1, CounterName(rawValue: path + "2"): 2]
        let again = try window.decodedAgain()
        #expect(again.counters.values.sorted() == [1, 2])
        #expect(again.counters.keys.allSatisfy { $0.rawValue.utf8.count <= 1_024 })
        #expect(SeriesName.target(route: path).rawValue.utf8.count < 600)
        #expect(SeriesName.target(route: path).labelValue?.hasPrefix("/very-long") == true)
    }

    @Test("Labels that do not fit the first line are left out")
    func helloFits() throws {
        var hello = Hello(
            version: .current,
            worker: "w",
            name: String(repeating: "n", count: 500),
            software: "1",
            nonce: Nonce([UInt8](repeating: 7, count: 32)),
            proof: "p",
            capacity: Capacity(cpus: 1, memoryBytes: 1)
        )
        for number in 10..<74 { hello.capacity.labels["label-\(number)"] = String(repeating: "v", count: 256) }
        let line = Message.hello(hello).line
        #expect(line.count <= 4_097)
        guard case .hello(let again) = try Message(line: Array(line.dropLast())) else { throw ApeError(.json, "none") }
        #expect(again.name.utf8.count == 256)
        #expect(again.capacity.labels.keys.sorted() == (10..<23).map { "label-\($0)" })
    }

    @Test("Counters alone may be too long for a line")
    func manyCounters() throws {
        var window = Window.sample(series: 0)
        for number in 0..<3_000 {
            window.counters[CounterName(rawValue: "\(number)" + String(repeating: "\u{1}", count: 900))] = 1
        }
        let again = try window.decodedAgain()
        #expect(again.counters[CounterFamily.seriesDropped["counters"]] ?? 0 >= 1_500)
    }

    @Test(
        "A window with a number that can be read is named where the rest cannot",
        arguments: [
            (#""revision":5"#, #""revision":-5"#), (#""stage":2"#, #""stage":10000"#),
            (#""assigned":500"#, #""assigned":10000001"#), (#""process_memory_bytes":52428800"#, #""x":[}"#),
            (#""end_us":1700000001000000"#, #""end_us":1700086401000000"#),
            (#""cpu_percent":41.5"#, #""cpu_percent":1001"#),
        ]
    )
    func unreadable(part: String, broken: String) throws {
        let line = String(decoding: Message.window(.sample(series: 1)).line.dropLast(), as: UTF8.self)
        try #require(line.contains(part))
        let message = try Message(line: Array(line.replacing(part, with: broken).utf8))
        guard case .unreadable(let window) = message else { throw ApeError(.json, "it is read: \(message)") }
        #expect(window.run == "run-1")
        #expect(window.seq == 41)
        #expect(!window.reason.isEmpty)
    }

    @Test("A window that is not UTF-8 is named too")
    func foreignBytes() throws {
        var line = Array(Message.window(.sample(series: 1)).line.dropLast())
        let place = try #require(line.firstIndex(of: UInt8(ascii: "?")) ?? line.lastIndex(of: UInt8(ascii: "a")))
        line[place] = 0xFF
        guard case .unreadable(let window) = try Message(line: line) else { throw ApeError(.json, "it is read") }
        #expect(window.seq == 41)
    }
}
