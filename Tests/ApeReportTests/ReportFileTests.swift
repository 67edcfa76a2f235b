import ApeCore
import ApeReport
import Foundation
import Glibc
import Testing

@Suite final class ReportFileTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "ape-report-\(UUID())").path()

    init() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    private var entries: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] }

    @Test func writesTheWholeReportAndNothingElse() throws {
        let path = "\(directory)/report.json"
        try ReportFile.write(["a": [1, 2]], to: path)
        try ReportFile.write(["b": 1.5], to: path)
        #expect(try JSONValue(parsing: String(contentsOfFile: path, encoding: .utf8)) == ["b": 1.5])
        #expect(entries == ["report.json"])
    }

    @Test func writesMoreThanOnePipeful() throws {
        let long = JSONValue.string(String(repeating: "ä", count: 1_000_000))
        try ReportFile.write(long, to: "\(directory)/long.json")
        #expect(try JSONValue(parsing: String(contentsOfFile: "\(directory)/long.json", encoding: .utf8)) == long)
    }

    @Test func checksWithoutATrace() throws {
        try ReportFile.check("\(directory)/report.json")
        #expect(entries.isEmpty)
        try ReportFile.write([], to: "\(directory)/report.json")
        try ReportFile.check("\(directory)/report.json")
        #expect(entries == ["report.json"])
    }

    @Test(arguments: ["", "none/report.json", "report/", "."])
    func refusesWhatCannotBeWritten(name: String) {
        let path = name.isEmpty ? "" : "\(directory)/\(name)"
        let error = #expect(throws: ApeError.self) { try ReportFile.check(path) }
        #expect(error?.code == .file)
        #expect(error?.exitCode == .usage)
        #expect(error?.message.contains("--output") == true)
        #expect(path.isEmpty || error?.message.contains(path) == true)
        #expect(throws: ApeError.self) { try ReportFile.write([], to: path) }
        #expect(entries.isEmpty)
    }

    @Test func nothingTakesThePlaceOfADevice() throws {
        let pipe = "\(directory)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        // Opened for both, so that neither side waits for the other.
        let reader = open(pipe, O_RDWR | O_NONBLOCK)
        defer { close(reader) }
        try ReportFile.check(pipe)
        try ReportFile.write(text: "through", to: pipe)
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(reader, &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "through")
        #expect(entries == ["pipe"])
    }

    @Test func refusesAFileInPlaceOfADirectory() throws {
        try ReportFile.write([], to: "\(directory)/file")
        let error = #expect(throws: ApeError.self) { try ReportFile.check("\(directory)/file/report.json") }
        #expect(error?.cause == "Not a directory")
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1970-01-01T00:00:00.000Z"),
        (951_782_399_999_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199_000_000, "2024-02-29T23:59:59.000Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00.000Z"),
        (1_767_225_599_250_999, "2025-12-31T23:59:59.250Z"), (.max, "9999-12-31T23:59:59.999Z"),
    ])
    func isISO8601(micros: Int64, expected: String) {
        #expect(Timestamp.text(micros: micros) == expected)
    }
}
