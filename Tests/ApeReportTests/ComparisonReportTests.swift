import ApeCore
import ApeMetrics
import ApeRun
import Testing

@testable import ApeReport

@Suite struct ComparisonReportTests {
    private func slower(by micros: Int64) -> RunReport {
        ReportFixture.report { window, _ in
            let noise = window.startMicros / 1_000_000 % 7 * 1_000
            window.series[.ttft] = nil
            for step in 0..<5 as Range<Int64> { window.record(.ttft, 250_000 + step * 10_000 + noise + micros) }
            return true
        }
    }

    @Test func aReportsFileIsAsGoodAsTheRun() throws {
        let report = slower(by: 0)
        let direct = report.comparable
        let file = try ComparableRun(report: try JSONValue(parsing: report.json.prettyText), path: "r.json")
        #expect(file.id == direct.id)
        #expect(file.startMicros == direct.startMicros)
        #expect(file.kpis == direct.kpis)
        #expect(file.stages == direct.stages)
        #expect(file.series["gap"] == direct.series["gap"])
        #expect(file.series["ttft"] == direct.series["ttft"])
        #expect(file.trials == direct.trials)
        #expect(file.failures == direct.failures)
        #expect(file.routes["POST /api/orders"]?.mean == direct.routes["POST /api/orders"]?.mean)
        let comparison = RunComparison(base: file, run: direct)
        #expect(comparison.rows.filter { $0.group == .targets }.allSatisfy { $0.outcome == .same })
        let route = comparison.rows.first { $0.name == "POST /api/orders p95" }
        #expect(route?.outcome == .untested)
        #expect(route?.note == RunComparison.noDistribution)
        #expect(comparison.cautions.count == 1)
        #expect(ComparisonTable(comparison).text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test(arguments: ["{}", "[1]", "{\"run\": {\"id\": 3}}", "{\"all_validation_results\": []}"])
    func whatIsNoReportIsRefused(text: String) {
        let error = #expect(throws: ApeError.self) {
            _ = try ComparableRun(report: JSONValue(parsing: text), path: "other.json")
        }
        #expect(error?.exitCode == .usage)
        #expect(error?.message.contains("other.json is no validation report") == true)
    }

    @Test func damagedBasesAreLeftOut() throws {
        var text = slower(by: 0).json.prettyText
        text.replace("\"buckets\": \"", with: "\"buckets\": \"7:x ")
        text.replace("\"degrees\": ", with: "\"degrees\": -")
        let file = try ComparableRun(report: JSONValue(parsing: text), path: "r.json")
        #expect(file.series["gap"]?.histogram == nil)
        #expect(file.kpis[.mtbaThreshold]?.estimate == nil)
        #expect(file.kpis[.mtbaThreshold]?.value != nil)
    }

    @Test func aRegressionFailsARunThatPassed() throws {
        var report = slower(by: 90_000)
        #expect(report.exitCode == .passed)
        let comparison = RunComparison(base: slower(by: 0).comparable, run: report.comparable)
        report.baseline = .init(comparison, regressionLimit: nil)
        #expect(report.exitCode == .passed)
        report.baseline = .init(comparison, regressionLimit: 0.05)
        #expect(report.exitCode == .failed)
        #expect(report.json["verdict"]?["exit_code"]?.integer == 1)
        #expect(report.json["validation_summary"]?["overall_success"]?.bool == false)
        #expect(report.json["baseline_comparison"]?["rows"]?.array?.isEmpty == false)
        let html = HTMLReport(report).text
        #expect(html.contains("<h2>Compared with the base</h2>"))
        #expect(html.contains("<span class=\"chip fail\">WORSE</span>"))
        #expect(MarkdownReport(report).text.contains("| cognitive\\_latency\\_ttft | 0.273 s | 0.363 s |"))
        #expect(report.exitSentence == "Exit code 1: a critical target got worse than its base.")
        report.baseline = .init(comparison, regressionLimit: 0.5)
        #expect(report.exitCode == .passed)
    }

    @Test func theTableTellsWhatChanged() throws {
        let comparison = RunComparison(base: slower(by: 0).comparable, run: slower(by: 90_000).comparable)
        let text = ComparisonTable(comparison, showsChangesOnly: true).text
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("cognitive_latency_ttft") })
        #expect(line.hasSuffix("WORSE"))
        #expect(line.contains("<0.001"))
        #expect(text.contains("Critical targets significantly worse: cognitive_latency_ttft."))
        #expect(!text.contains("gap p95"))
        #expect(ComparisonTable(comparison).text.contains("gap p95"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test(arguments: ["2023-11-14T22:13:20.250Z", "2000-02-29T00:00:00.000Z", "1970-01-01T00:00:00.001Z"])
    func timesAreReadBack(text: String) throws {
        #expect(Timestamp.text(micros: try #require(Timestamp.micros(text))) == text)
    }

    @Test(arguments: ["", "2023-13-14T22:13:20.250Z", "2023-11-14 22:13:20.250", "2023-02-30T00:00:00.000Z"])
    func noTimesAreRefused(text: String) {
        #expect(Timestamp.micros(text) == nil)
    }
}
