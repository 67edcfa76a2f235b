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
            ofRun: "run-1",
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
        #expect(ReportOutputs([], ofRun: "r").isEmpty && ReportOutputs([], ofRun: "r", stepSummary: "").isEmpty)
    }

    /// A hyphen is no file: what goes there is handed back for standard output.
    @Test func aHyphenIsPrinted() throws {
        let outputs = ReportOutputs(try options("--chat", "-", "--badge", "-"), ofRun: "r")
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
        let outputs = ReportOutputs(try options(flag, path), ofRun: "r")
        let error = #expect(throws: ApeError.self) { try outputs.check(Files()) }
        #expect(error?.exitCode == .usage)
        #expect(error?.message.contains(flag) == true)
        #expect(error?.message.contains(path) == true)
    }

    @Test func twoFormatsInOneFileAreRefused() {
        let error = #expect(throws: ApeError.self) {
            let json = ReportOutput(.json, path: "\(directory)/r")
            try ReportOutputs([json] + options("--html", "\(directory)/r"), ofRun: "r").check(Files())
        }
        #expect(error?.message.contains("--output and --html name the same file") == true)
    }

    /// Each run has its file, and the latest is found under a name that stays.
    @Test func aReportThatIsNamedByItsRunIsNotTakenByTheNext() throws {
        let manager = FileManager.default
        for run in ["run-1", "run-2"] {
            let json = ReportOutput(.json, path: "\(directory)/r-{run}.json")
            let outputs = ReportOutputs([json] + (try options("--csv", "\(directory)/{run}/csv")), ofRun: run)
            try outputs.check(Files())
            let files = outputs.write(ReportFixture.withTimelines(), to: Files())
            #expect(files.failures.isEmpty, "\(files.failures)")
            #expect(files.written.first?.path == "\(directory)/r-\(run).json")
        }
        let names = try manager.contentsOfDirectory(atPath: directory).sorted()
        #expect(names == ["latest", "r-latest.json", "r-run-1.json", "r-run-2.json", "run-1", "run-2"])
        #expect(try manager.destinationOfSymbolicLink(atPath: "\(directory)/r-latest.json") == "r-run-2.json")
        #expect(try manager.destinationOfSymbolicLink(atPath: "\(directory)/latest") == "run-2")
        #expect(manager.fileExists(atPath: "\(directory)/latest/csv/stages.csv"))
    }

    @Test func aLinkTakesNoFilesPlaceAndNamesOneRun() throws {
        try "mine".write(toFile: "\(directory)/latest.json", atomically: true, encoding: .utf8)
        let outputs = ReportOutputs([ReportOutput(.json, path: "\(directory)/{run}.json")], ofRun: "r")
        let files = outputs.write(ReportFixture.report(), to: Files())
        #expect(files.written.map(\.path) == ["\(directory)/r.json"])
        #expect(files.failures.map(\.message).first?.contains("is a file of its own: move it away") == true)
        #expect(try String(contentsOfFile: "\(directory)/latest.json", encoding: .utf8) == "mine")
        let twice = ReportOutputs([ReportOutput(.json, path: "\(directory)/{run}/{run}.json")], ofRun: "r")
        let error = #expect(throws: ApeError.self) { try twice.check(Files()) }
        #expect(error?.message.contains("has {run} more than once") == true)
    }

    @Test func oneFileThatFailsKeepsNoOtherBack() throws {
        let outputs = try outputs("--html", "\(directory)/nowhere/r.html", "--csv", directory)
        let files = outputs.write(ReportFixture.withTimelines(), to: Files())
        #expect(files.failures.count == 1)
        #expect(files.failures.first?.message.contains("--html") == true)
        #expect(FileManager.default.fileExists(atPath: "\(directory)/r.xml"))
    }
}
