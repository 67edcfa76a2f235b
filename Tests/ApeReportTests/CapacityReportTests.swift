import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import Testing

@testable import ApeReport

/// Every format says the same of a search for capacity.
@Suite struct CapacityReportTests {
    /// Tries of 10, 20, 40, 39 and 39 agents, of which 40 are too many.
    private static let report = ReportFixture.report(agents: [10, 20, 40, 39, 39], search: CapacitySearch()) {
        window,
        _ in
        if window.stage == 2 {
            window.series[.gap] = Histogram()
            for _ in 0..<5 { window.record(.gap, 2_000_000) }
        }
        return true
    }

    private static let answer = "Capacity: 39 agents (39 to 40)."
    private static let bound = "40 agents fail by mtba_threshold 2.000 s (< 1.0 seconds)."

    @Test func theTerminalHasTheAnswerAndTheTries() {
        let text = VerdictTable(Self.report, width: 100).text
        #expect(text.contains(Self.answer) && text.contains(Self.bound))
        let row = text.split(separator: "\n").first { $0.hasPrefix("scaling_40") && $0.contains("FAIL") }
        #expect(row?.contains("mtba_threshold") == true && row?.contains("2.000 s") == true)
        #expect(text.contains("Overall: PASS"))
        #expect(!text.contains("FAIL stage"))
    }

    @Test func theJSONHasIt() throws {
        let capacity = try #require(Self.report.json["capacity"])
        #expect(capacity["value"]?.number == 39 && capacity["status"] == "PASS" && capacity["unit"] == "agents")
        #expect(capacity["interval"] == ["low": 39.0, "high": 40.0])
        #expect(capacity["bound"]?["condition"] == "mtba_threshold" && capacity["bound"]?["value"]?.number == 2)
        #expect(capacity["tries"]?.array?.map { $0["status"]?.string } == ["PASS", "PASS", "FAIL", "PASS", "PASS"])
        #expect(capacity["search"]?["precision"] == "5%")
        #expect(Self.report.json["verdict"]?["exit_code"]?.integer == 0)
        #expect(Self.report.json["validation_summary"]?["failed_targets"]?.integer == 0)
        #expect(ReportFixture.report().json["capacity"] == .null)
    }

    @Test func markdownAndHTMLShowIt() {
        let markdown = MarkdownReport(Self.report).text
        #expect(markdown.contains("### Capacity\n\n| Try | Agents | Verdict |") && markdown.contains("❌ FAIL"))
        #expect(markdown.contains("39 agents"))
        let page = HTMLReport(Self.report).text
        #expect(page.contains("<h2>Capacity</h2>") && page.contains(Self.answer))
        #expect(page.contains("mtba_threshold by agents"))
        #expect(!HTMLReport(ReportFixture.report()).text.contains("<h2>Capacity</h2>"))
    }

    @Test func noTryThatFailedFailsATestOfACI() {
        let text = JUnitReport(Self.report).text
        #expect(text.contains("<testcase name=\"capacity (agents)\" classname=\"ape.capacity\""))
        #expect(!text.contains("type=\"critical\"") && !text.contains("<error"))
        #expect(text.contains("scaling_39 (39 agents)") && !text.contains("scaling_40 (40 agents)"))
    }

    @Test func aFileIsComparedAsTheRunItself() throws {
        let file = try ComparableRun(report: Self.report.json, path: "report.json")
        #expect(file.capacity == Self.report.comparable.capacity && file.capacity?.level == 39)
        let comparison = RunComparison(base: file, run: Self.report.comparable)
        let row = try #require(comparison.rows.first { $0.name == "capacity" })
        #expect(row.outcome == .same && row.base == 39 && row.unit == .agents)
    }

    @Test func theExitSentenceSpeaksOfTheSearch() {
        #expect(Self.report.exitSentence.hasPrefix("Exit code 0: the search has an answer"))
        #expect(!Self.report.recommendations.contains { $0.contains("--max-agents") })
    }
}
