import ApeCore
import ApeMetrics
import ApeRun
import Testing

@testable import ApeReport

@Suite("The seal in reports")
struct SealReportTests {
    private static let report = ReportFixture.report { window, _ in
        window.counters[.promptsCounted] = 50
        window.counters[.promptsDistinct] = 3
        return true
    }

    @Test func jsonHoldsIt() throws {
        let seal = try #require(Self.report.json["seal"])
        #expect(seal["ape_version"]?.string == "0.9.0" && seal["measurement_version"]?.integer == 1)
        #expect(seal["scenario_sha256"]?.string == JSONValue.string("shop").sha256)
        #expect(seal["scenario_hash"]?.string == String(JSONValue.string("shop").sha256.prefix(12)))
        #expect(seal["seed"]?.string == "18446744073709551615")
        #expect(seal["plan"]?["text"]?.string == "10 -> 1000 agents, 10s each")
        #expect(seal["plan"]?["sha256"]?.string == Self.report.ledger.plan.sha256)
        #expect(seal["hosts"]?[1]?["worker"]?.string == "beta" && seal["hosts"]?[1]?["cpus"]?.integer == 4)
        #expect(seal["worker_versions_alike"] == true)
        #expect(seal["in_flight"]?["all_holds"] == ["requests": .number(454.5), "users": .number(505)])
        #expect(seal["in_flight"]?["largest_stage"] == ["requests": .number(900), "users": .number(1_000)])
        #expect(seal["prompts"]?["counted"]?.integer == 2_400 && seal["prompts"]?["distinct"]?.integer == 144)
        #expect(seal["prompts"]?["is_exact"] == false)
    }

    @Test func peopleReadItInTwoSentences() {
        let text = SealText(Self.report)
        #expect(
            text.origin == """
                Measured by APE 0.9.0, measurement version 1; scenario shop \
                \(JSONValue.string("shop").sha256.prefix(12)); seed 18446744073709551615; 10 -> 1000 agents, 10s each; \
                2 workers with 4 CPUs and 8.0 GiB each.
                """
        )
        #expect(
            text.measures.hasSuffix(
                "454.5 requests in flight for 505 users (scaling_1000: 900.0 for 1000); at most 144 distinct "
                    + "prompts in 2400 decisions."
            )
        )
        let terminal = VerdictTable(Self.report).text
        #expect(terminal.hasPrefix("Measured by APE 0.9.0"))
        #expect(terminal.split(separator: "\n").allSatisfy { $0.count <= VerdictTable.defaultWidth })
        #expect(HTMLReport(Self.report).text.contains("<p class=\"muted seal\">Measured by APE 0.9.0, measurement"))
        #expect(MarkdownReport(Self.report).text.contains("Measured by APE 0.9.0, measurement version 1;"))
        #expect(JUnitReport(Self.report).text.contains("<property name=\"seal\" value=\"Measured by APE 0.9.0"))
    }

    /// 1.0 workers, no decisions, a run of before: nothing is told as 0.
    @Test func whatIsNotKnownIsNull() throws {
        var report = ReportFixture.report { window, _ in
            window.counters = window.counters.filter { !$0.key.isOf(.agentTime) && $0.key != .decisions }
            window.series[.ttft] = nil
            window.series[.gap] = nil
            return true
        }
        var run = report.run
        (run.measuredBy, run.scenarioHash) = (nil, nil)
        report = RunReport(run: run, ledger: report.ledger, verdict: report.verdict)
        let seal = try #require(report.json["seal"])
        for key in [
            "ape_version", "measurement_version", "scenario_hash", "scenario_sha256", "accounting_residual_percent",
            "generator_share_percent", "prompts",
        ] { #expect(seal[key] == .null, "\(key)") }
        #expect(seal["in_flight"]?["all_holds"] == .null && seal["in_flight"]?["largest_stage"] == .null)
        #expect(
            SealText(report).sentences == [
                "Measured by an APE of before measurement versions; scenario shop; seed 18446744073709551615; 10 -> 1000 "
                    + "agents, 10s each; 2 workers with 4 CPUs and 8.0 GiB each.",
                "Accounting residual not known; generator's share not known; requests in flight not known; distinct prompts "
                    + "not known.",
            ]
        )
    }

    @Test func aFullRegisterIsTold() {
        let report = ReportFixture.report { window, _ in
            window.counters[.promptsCounted] = 10
            window.counters[.promptsDistinct] = 10
            return true
        }
        #expect(
            SealText(report).measures.hasSuffix(
                "at most 480 distinct prompts in 480 decisions that were looked at of 2400."
            )
        )
    }

    @Test func unlikeWorkersAreTold() {
        var seal = Self.report.seal
        seal.origin.hosts[0].version = "1.1\n::error::"
        let text = SealText(seal, scenarioName: "shop").origin
        #expect(text.hasSuffix("Its workers were of unlike versions: 1.0.0 (beta), 1.1\n::error:: (alpha)."))
        #expect(!PlainText.line(text).contains("\n"))
        #expect(seal.json["worker_versions_alike"] == false)
    }

    @Test func aReportsFileKeepsItsOrigin() throws {
        let json = try JSONValue(parsing: Self.report.json.prettyText)
        #expect(try ComparableRun(report: json, path: "r.json").origin == Self.report.seal.origin)
        guard case .object(var before) = json else { return }
        before["seal"] = nil
        let old = try ComparableRun(report: .object(before), path: "r.json").origin
        #expect(old.measuredBy == nil && old.scenarioHash == nil && old.hosts.isEmpty)
        #expect(throws: ApeError.self) { try RunComparison.checkVersions(old, Self.report.seal.origin) }
    }
}
