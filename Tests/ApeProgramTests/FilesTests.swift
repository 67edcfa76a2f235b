import ApeCore
import ApeProgram
import Foundation
import Glibc
import Testing

@Suite final class FilesTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "ape-files-\(UUID())").path()

    init() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    private var entries: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] }

    @Test func writesTheWholeReportAndNothingElse() throws {
        let path = "\(directory)/report.json"
        try Files.write(["a": [1, 2]], to: path)
        try Files.write(["b": 1.5], to: path)
        #expect(try JSONValue(parsing: String(contentsOfFile: path, encoding: .utf8)) == ["b": 1.5])
        #expect(entries == ["report.json"])
    }

    @Test func writesMoreThanOnePipeful() throws {
        let long = JSONValue.string(String(repeating: "ä", count: 1_000_000))
        try Files.write(long, to: "\(directory)/long.json")
        #expect(try JSONValue(parsing: String(contentsOfFile: "\(directory)/long.json", encoding: .utf8)) == long)
    }

    @Test func checksWithoutATrace() throws {
        try Files.check("\(directory)/report.json")
        #expect(entries.isEmpty)
        try Files.write([], to: "\(directory)/report.json")
        try Files.check("\(directory)/report.json")
        #expect(entries == ["report.json"])
    }

    @Test func whatAKilledWriterLeftGoes() throws {
        let path = "\(directory)/report.json"
        let leftovers = ["report.json.1.tmp", "report.json.0123456789abcdef.tmp"]
        let others = ["report.json.tmp.txt", "other.json.1.tmp", "report.json.2.tmp", "report.json.new.tmp"]
        for name in leftovers + others { try Files.write(text: "half", to: "\(directory)/\(name)") }
        for name in leftovers + others where !name.contains("new") { try makeOld("\(directory)/\(name)") }
        // Somebody writes it now, in this container or in another.
        let written = open("\(directory)/report.json.2.tmp", O_RDWR)
        defer { close(written) }
        #expect(flock(written, LOCK_EX | LOCK_NB) == 0)
        try Files.write([], to: path)
        #expect(entries.sorted() == (others + ["report.json"]).sorted())
    }

    private func makeOld(_ path: String) throws {
        let hourAgo = Date(timeIntervalSinceNow: -3600)
        try FileManager.default.setAttributes([.modificationDate: hourAgo], ofItemAtPath: path)
    }

    @Test(arguments: ["", "none/report.json", "report/", "."])
    func refusesWhatCannotBeWritten(name: String) {
        let path = name.isEmpty ? "" : "\(directory)/\(name)"
        let error = #expect(throws: ApeError.self) { try Files.check(path) }
        #expect(error?.code == .file)
        #expect(error?.exitCode == .usage)
        #expect(error?.message.contains("--output") == true)
        #expect(path.isEmpty || error?.message.contains(path) == true)
        #expect(throws: ApeError.self) { try Files.write([], to: path) }
        #expect(entries.isEmpty)
    }

    @Test func nothingTakesThePlaceOfADevice() throws {
        let pipe = "\(directory)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        // Opened for both, so that neither side waits for the other.
        let reader = open(pipe, O_RDWR | O_NONBLOCK)
        defer { close(reader) }
        try Files.check(pipe)
        try Files.write(text: "through", to: pipe)
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(reader, &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "through")
        #expect(entries == ["pipe"])
    }

    @Test func refusesAFileInPlaceOfADirectory() throws {
        try Files.write([], to: "\(directory)/file")
        let error = #expect(throws: ApeError.self) { try Files.check("\(directory)/file/report.json") }
        #expect(error?.cause == "Not a directory")
    }

    @Test func whatIsReadIsBounded() throws {
        let path = "\(directory)/file"
        try Files.write(text: "12345", to: path)
        #expect(try Files.bytes(of: path, atMost: 5) == Array("12345".utf8))
        let error = #expect(throws: ApeError.self) { try Files.bytes(of: path, atMost: 4) }
        #expect(error?.message == "Cannot read \(path): it has more than 4 bytes")
        #expect(Files.contents(of: path, upTo: 2) == Array("12".utf8))
        #expect(Files.contents(of: "\(directory)/none") == nil && Files.contents(of: directory) == nil)
        let none = #expect(throws: ApeError.self) { try Files.bytes(of: "\(directory)/none") }
        #expect(none?.code == .file && none?.cause == "No such file or directory")
        let other = #expect(throws: ApeError.self) { try Files.report(path + "/") }
        #expect(other?.message == "Cannot read \(path)/")
    }

    @Test func directoriesAreMadeWithAllAboveThem() throws {
        try Files.makeDirectory("\(directory)/a/b", mode: 0o700) { ApeError(.file, $0) }
        #expect(Files.isDirectory("\(directory)/a/b") && Files.exists("\(directory)/a"))
        try Files.write(text: "", to: "\(directory)/file")
        let error = #expect(throws: ApeError.self) { try Files.makeDirectory("\(directory)/file/x", flag: "--csv") }
        #expect(error?.cause == "Not a directory" && error?.message.contains("--csv") == true)
        #expect(!Files.isDirectory("\(directory)/file") && !Files.exists("\(directory)/none"))
    }
}
