import ApeCore
import ApeMetrics
import ApeRun
import Foundation
import FoundationXML
import Testing

@testable import ApeReport

/// What a verdict rests on stands in every format.
@Suite struct EvidenceReportTests {
    /// Each second of each worker one session of `buy` fails at the checkout.
    private let failed = ReportFixture.report(agents: [10]) { window, _ in
        let label = SessionFailureLabel(reason: .target5xx, status: 503, route: "POST /api/orders", goal: "buy")
        window.counters[.sessionsFailed(.target5xx)] = 1
        window.counters[CounterFamily.sessionFailures[label.text]] = 1
        return true
    }

    /// A worker that tells nothing of its agents' time.
    private let old = ReportFixture.report(agents: [10]) { window, _ in
        for activity in AgentActivity.allCases { window.counters[CounterFamily.agentTime[activity.rawValue]] = nil }
        return true
    }

    @Test func theAccountOfAgentsTimeStandsInEveryFormat() throws {
        let json = failed.json
        let expected: JSONValue = [
            "expected_agent_seconds": 100, "first_token_seconds": 40, "generation_seconds": 20, "target_seconds": 30,
            "think_seconds": 8, "retry_wait_seconds": 0, "overhead_seconds": 2, "pause_seconds": 0,
            "absent_seconds": 0, "unreported_seconds": 0, "residual_seconds": 0, "residual_percent": 0,
        ]
        for (key, value) in expected.object ?? [:] {
            #expect(json["accounting"]?[key]?.number == value.number, "\(key)")
            #expect(json["stages"]?[0]?["accounting"]?[key]?.number == value.number, "\(key) of the stage")
        }
        let sentence = "Accounting of 100 agent-seconds: first token 40.0 %, generation 20.0 %, target 30.0 %"
        #expect(VerdictTable(failed, width: 200).text.contains(sentence))
        #expect(MarkdownReport(failed).text.contains(sentence))
        #expect(HTMLReport(ReportFixture.withTimelines(failed)).text.contains(sentence))
        let junit = try XMLDocument(xmlString: JUnitReport(failed).text)
        let property = try junit.nodes(forXPath: "//property[@name='accounting']/@value").first?.stringValue
        #expect(property?.hasPrefix(sentence) == true)
        let lines = CSVTable.stages.text(failed).components(separatedBy: "\r\n").map { $0.components(separatedBy: ",") }
        let row = Dictionary(uniqueKeysWithValues: zip(lines[0], lines[1]))
        #expect(row["accounting_residual_percent"] == "0.00")
    }

    @Test func withoutAnAccountTheFormatsSaySo() {
        #expect(old.json["accounting"] == .null)
        #expect(VerdictTable(old).text.contains("Accounting: no worker told what its agents' time went to."))
    }

    @Test func failuresNameTheirParty() throws {
        let row = try #require(failed.json["failures"]?["parties"]?[0])
        #expect(row["party"]?.string == "target" && row["reason"]?.string == "target_5xx")
        #expect(row["status"]?.integer == 503 && row["route"]?.string == "POST /api/orders")
        #expect(row["goal"]?.string == "buy" && row["count"]?.integer == 20)
        #expect(row["share"]?.number == 20.0 / 220)
        #expect(row["first_time"]?.string == Timestamp.text(micros: ReportFixture.start + 2_000_000))
        #expect(row["last_time"]?.string == Timestamp.text(micros: ReportFixture.start + 11_000_000))
        #expect(row["exemplar_trace_id"]?.string == "0af7651916cd43dd8448eb211c80319c")
        #expect(failed.json["failures"]?["sessions"]?["target"]?["target_5xx"]?.integer == 20)
        #expect(VerdictTable(failed).text.contains("sessions  target  target_5xx  POST /api/orders 503      20"))
        let junit = try XMLDocument(xmlString: JUnitReport(failed).text)
        let property = try junit.nodes(forXPath: "//property[@name='failed_sessions_target']/@value")
        #expect(property.first?.stringValue == "20")
    }

    @Test func theGeneratorsShareAndThePlainShareStandBesideTheValues() throws {
        let results = try #require(failed.json["all_validation_results"]?.array)
        #expect(results[0]["generator_seconds"]?.number == 0.001)
        #expect(try abs(#require(results[0]["generator_share_percent"]?.number) - 100 * 0.001 / 0.52) < 1e-9)
        #expect(results[0]["plain_share_percent"] == .null && results[3]["generator_seconds"] == .null)
        #expect(try abs(#require(results[3]["plain_share_percent"]?.number) - 100 * 200.0 / 220) < 1e-9)
        #expect(failed.json["stages"]?[0]?["sessions"]?["completed"]?.integer == 220)
    }

    @Test func aStallFailsTheScaling() throws {
        let report = ReportFixture.report(agents: [10]) { window, _ in
            (window.active, window.stalled) = (window.active - 1, 1)
            return true
        }
        #expect(report.json["scaling_validation"]?["status"]?.string == "FAIL")
        #expect(report.json["verdict"]?["exit_code"]?.integer == 1)
        #expect(report.json["validation_summary"]?["overall_success"]?.bool == false)
        #expect(report.exitSentence == "Exit code 1: agents stalled in a stage.")
        #expect(VerdictTable(report).text.contains("FAIL stage scaling_10: at least 8 of 10 agents were active"))
    }

    @Test func aComparisonTestsTheValueThatIsShown() throws {
        // In the hold's second half nothing succeeds, and few sessions end.
        let report = ReportFixture.report(agents: [10]) { window, _ in
            if window.seq >= 7 {
                window.counters[.sessionsSucceeded] = nil
                window.counters[.sessionsSuccessfulStateful] = nil
                window.counters[.sessionsFailed(.target5xx)] = 1
            }
            return true
        }
        let file = try ComparableRun(report: report.json, path: "r.json").kpis[.successfulStatefulSessions]
        #expect(file == report.comparable.kpis[.successfulStatefulSessions])
        #expect(file?.value == 50 && file?.share == .init(count: 55, trials: 110))
    }
}
