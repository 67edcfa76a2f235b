import ApeCore
import ApeMetrics
import ApeRun
import Foundation
import Testing

@testable import ApeReport

/// What programs and chats are told of a run.
@Suite struct VerdictNoticeTests {
    private func event(_ report: RunReport, job: String? = nil) throws -> JSONValue {
        let files = [(name: "report", path: "/var/lib/ape/report.json")]
        return try JSONValue(parsing: VerdictNotice(report, files: files, job: job).body)
    }

    /// Gaps of 3 s in the stage of 1,000 agents, and a threshold on them.
    private func failed() throws -> RunReport {
        ReportFixture.report(thresholds: [try Threshold("p95(gap) < 1s")]) { window, _ in
            guard window.stage == 1 else { return true }
            window.series[.gap] = nil
            for _ in 0..<5 { window.record(.gap, 3_000_000) }
            return true
        }
    }

    @Test func itNamesWhatDecidedWithFiguresAndLimits() throws {
        let event = try event(try failed(), job: "https://ci.example/jobs/7")
        #expect(event["type"]?.string == "run.ended")
        #expect(event["schema_version"]?.integer == 1)
        #expect(event["text"]?.string?.hasPrefix("FAIL ") == true)
        let data = try #require(event["data"])
        #expect(data["verdict"]?.string == "FAIL" && data["exit_code"]?.integer == 1)
        #expect(data["job_url"]?.string == "https://ci.example/jobs/7")
        #expect(data["report_files"] == [["name": "report", "path": "/var/lib/ape/report.json"]])
        let targets = try #require(data["targets"]?.array)
        #expect(targets.count == KPIKey.allCases.count)
        let mtba = try #require(targets.first { $0["name"]?.string == "mtba_high_load" })
        #expect(mtba["status"]?.string == "FAIL" && mtba["critical"]?.bool == true)
        #expect(mtba["measured"]?.string == "3.000 s" && mtba["limit"]?.string == "target < 1.5 seconds")
        let threshold = try #require(data["thresholds"]?.array?.first)
        #expect(threshold["name"]?.string == "p95(gap) < 1s" && threshold["status"]?.string == "FAIL")
    }

    @Test func aRunThatEndedBadlyIsToldToo() throws {
        let lost = RunOutcome.fleetFailed(FleetFailure(.tooFewWorkers, ApeError(.fleet, "Only 0 of 2 workers came")))
        let event = try event(ReportFixture.report(agents: [], outcome: lost))
        #expect(event["type"]?.string == "run.ended")
        #expect(event["data"]?["outcome"]?.string == "fleet_failed")
        #expect(event["data"]?["outcome_reason"]?.string == "Only 0 of 2 workers came")
        #expect(event["data"]?["exit_code"]?.integer == 4)
        #expect(event["data"]?["max_achieved_agents"] == .null)
    }

    @Test func aSuspendedRunIsAnEventOfItsOwn() throws {
        let report = ReportFixture.report(outcome: .suspended) { window, _ in window.stage == 0 }
        #expect(VerdictNotice(report, files: [], job: nil).kind == .suspended)
        #expect(try event(report)["type"]?.string == "run.suspended")
        #expect(try event(report)["data"]?["exit_code"]?.integer == 143)
    }

    @Test func aChatIsShownOneLineAndWakesNobody() throws {
        var report = try failed()
        report.run.scenarioName = "<!channel>\n@here"
        let chat = try JSONValue(parsing: VerdictNotice(report, files: [], job: nil).chatBody)
        #expect(chat.object?.map(\.key) == ["text"])
        let text = try #require(chat["text"]?.string)
        #expect(!text.contains { "<>@\n".contains($0) })
    }

    @Test(.enabled(if: PythonSchema.isPresent, "python3 with jsonschema is not installed"))
    func everyNoticeKeepsItsSchema() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "ape-notice-\(UUID()).json")
        defer { try? FileManager.default.removeItem(at: file) }
        for (name, report) in ValidationReportTests.reports + [("failed", try failed())] {
            try Data(VerdictNotice(report, files: [], job: nil).body).write(to: file)
            #expect(try PythonSchema.findings(schema: "notification", file: file.path()) == "", "\(name)")
        }
        try Data(#"{"type": "run.begun", "text": 1}"#.utf8).write(to: file)
        #expect(try PythonSchema.findings(schema: "notification", file: file.path()).contains("run.begun"))
    }
}
