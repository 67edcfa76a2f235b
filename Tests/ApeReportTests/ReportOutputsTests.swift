import ApeCore
import ApeProgram
import ArgumentParser
import Foundation
import Testing

@testable import ApeReport

@Suite final class ReportOutputsTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "ape-outputs-\(UUID())").path()

    init() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func options(_ words: String...) throws -> [ReportOutput] {
        try ReportFormat.Options.parse(words).outputs
    }

    /// Everything at once, but for what `words` say.
    private func outputs(_ words: String...) throws -> ReportOutputs {
        let usual = [
            "--html", "\(directory)/r.html", "--junit", "\(directory)/r.xml", "--markdown", "\(directory)/r.md",
            "--csv", "\(directory)/a/b",
        ]
        let formats = try ReportFormat.Options.parse(usual + words).outputs
        return ReportOutputs(
            [ReportOutput(.json, path: "\(directory)/r.json")] + formats,
            stepSummary: "\(directory)/summary.md"
        )
    }

    @Test func anotherProgramGetsTheSameOptions() throws {
        let words = [
            "--html", "a", "--junit", "b", "--markdown", "c", "--csv", "d", "--gitlab-metrics", "e", "--badge", "f",
            "--chat", "-", "--no-github-annotations",
        ]
        #expect(try ReportFormat.Options.parse(words).arguments == words)
        #expect(try ReportFormat.Options.parse([]).arguments == [])
        #expect(ReportOutputs([]).isEmpty && ReportOutputs([], stepSummary: "").isEmpty)
    }

    /// A hyphen is no file: what goes there is handed back for standard output.
    @Test func aHyphenIsPrinted() throws {
        let outputs = ReportOutputs(try options("--chat", "-", "--badge", "-"))
        try outputs.check(Files())
        let files = outputs.write(ReportFixture.report(), to: Files())
        #expect(files.written.isEmpty && files.failures.isEmpty && files.printed.count == 2)
        #expect(files.printed[0].hasPrefix("<svg ") && files.printed[1].hasPrefix("PASS shop: "))
        #expect(!FileManager.default.fileExists(atPath: "-"))
    }

    @Test func helpSaysWhatEachIsGiven() {
        let help = ReportFormat.Options.helpMessage(columns: 100).split(separator: "\n").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        #expect(help.contains("--html <file>           Write the report as one HTML file that needs no network."))
        #expect(
            help.contains(
                "--csv <directory>       Write seconds.csv, stages.csv, routes.csv, thresholds.csv and servers.csv"
            )
        )
    }

    @Test func everythingIsWritten() throws {
        let outputs = try outputs()
        try outputs.check(Files())
        try "before\n".write(toFile: "\(directory)/summary.md", atomically: true, encoding: .utf8)
        let files = outputs.write(ReportFixture.withTimelines(), to: Files())
        #expect(files.failures.isEmpty)
        #expect(files.written.count == 9)
        let summary = try String(contentsOfFile: "\(directory)/summary.md", encoding: .utf8)
        #expect(summary.hasPrefix("before\n## ✅ APE: PASS"))
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/a/b").sorted()
        #expect(names == ["routes.csv", "seconds.csv", "servers.csv", "stages.csv", "thresholds.csv"])
    }

    @Test(arguments: ["--html", "--junit", "--markdown", "--csv"])
    func whatCannotBeWrittenIsRefusedByItsFlag(flag: String) throws {
        try "".write(toFile: "\(directory)/file", atomically: true, encoding: .utf8)
        let path = "\(directory)/file/x"
        let outputs = ReportOutputs(try options(flag, path))
        let error = #expect(throws: ApeError.self) { try outputs.check(Files()) }
        #expect(error?.exitCode == .usage)
        #expect(error?.message.contains(flag) == true)
        #expect(error?.message.contains(path) == true)
    }

    @Test func twoFormatsInOneFileAreRefused() {
        let error = #expect(throws: ApeError.self) {
            let json = ReportOutput(.json, path: "\(directory)/r")
            try ReportOutputs([json] + options("--html", "\(directory)/r")).check(Files())
        }
        #expect(error?.message.contains("--output and --html name the same file") == true)
    }

    @Test func oneFileThatFailsKeepsNoOtherBack() throws {
        let outputs = try outputs("--html", "\(directory)/nowhere/r.html", "--csv", directory)
        let files = outputs.write(ReportFixture.withTimelines(), to: Files())
        #expect(files.failures.count == 1)
        #expect(files.failures.first?.message.contains("--html") == true)
        #expect(FileManager.default.fileExists(atPath: "\(directory)/r.xml"))
    }
}
