import ApeCore
import Foundation
import Logging
import Testing

@testable import ApeCLI

/// The logs of several programs as one text.
struct LogReaderTests {
    private func inDirectory(_ body: (String) throws -> Void) throws {
        let directory = NSTemporaryDirectory() + "ape-logs-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }

    private func line(_ second: Int, _ level: String, _ message: String, _ metadata: String = "") -> String {
        let time = "2026-01-01T00:00:0\(second).000Z"
        return "{\"time\":\"\(time)\",\"level\":\"\(level)\",\"program\":\"p\",\"message\":\"\(message)\"\(metadata)}\n"
    }

    private func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    @Test func mergesByTimeAndFilters() throws {
        try inDirectory { directory in
            try write(line(1, "info", "a1") + "words\n" + line(5, "error", "a5"), directory + "/a.log")
            try write(
                line(2, "warning", "b2", ",\"metadata\":{\"k\":\"v\"}") + line(4, "info", "b4"),
                directory + "/b.log"
            )
            try write(line(0, "info", "b0"), directory + "/b.log.1")
            var all = LogReader(directory: directory, filter: .init(source: nil, level: .trace))
            #expect(all.all().map(\.message) == ["b0", "a1", "words", "b2", "b4", "a5"])
            var loud = LogReader(directory: directory, filter: .init(source: nil, level: .warning))
            #expect(loud.all().map(\.message) == ["b2", "a5"])
            var one = LogReader(directory: directory, filter: .init(source: "b", level: .warning))
            let text = one.all().map { $0.text(isColoured: false) }
            #expect(text == ["2026-01-01 00:00:02.000 warning  b              b2 k=v"])
        }
    }

    @Test func goesOnWithWholeLinesAloneAndOverARotation() throws {
        try inDirectory { directory in
            let path = directory + "/a.log"
            try write(line(1, "info", "one") + "{\"time\":\"2026", path)
            var reader = LogReader(directory: directory, filter: .init(source: nil, level: .trace))
            #expect(reader.all().map(\.message) == ["one"])
            try write(line(1, "info", "one") + line(2, "info", "two"), path)
            #expect(reader.more().map(\.message) == ["two"])
            #expect(reader.more().isEmpty)
            // Turned over: shorter than what was read.
            try write(line(3, "info", "3"), path)
            #expect(reader.more().map(\.message) == ["3"])
        }
    }

    @Test func aLogIsTurnedOverAndTheOldestGoes() throws {
        try inDirectory { directory in
            let rotation = LogRotation(directory: directory, limitBytes: 10)
            for number in 1...4 {
                try write("line number \(number)\n", directory + "/a.log")
                rotation.rotate()
            }
            try write("short", directory + "/a.log")
            rotation.rotate()
            let names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            #expect(names == ["a.log", "a.log.1", "a.log.2"])
            let texts = names.map {
                String(decoding: FileManager.default.contents(atPath: "\(directory)/\($0)") ?? Data(), as: UTF8.self)
            }
            #expect(texts == ["short", "line number 4\n", "line number 3\n"])
        }
    }

    @Test(arguments: [
        "", "{}", "{\"time\":1}", "[1]", "\u{0}", "{\"time\":\"x\",\"level\":\"loud\",\"message\":\"m\"}",
    ])
    func whatIsNoLogLineIsShownAsItIs(line: String) {
        let entry = LogEntry(line, source: "a", after: "2026-01-01T00:00:00.000Z")
        #expect(entry.message == line)
        #expect(entry.time == "2026-01-01T00:00:00.000Z")
        #expect(entry.level == .notice)
    }
}
