import ApeCore
import ApeMetrics
import ApeRun
import Foundation
import FoundationXML
import Testing

@testable import ApeReport

/// Names that want to be markup, formulas, or the end of something.
private let hostile = "</script><b onload=x>]]>&\"'|`*\n=cmd()\u{0}\u{8}\u{FFFE}@all \u{202E}é"

@Suite struct JUnitTests {
    @Test func everyTargetAndStageIsACase() throws {
        let text = JUnitReport(ReportFixture.report(agents: [10])).text
        let document = try XMLDocument(xmlString: text)
        let root = try #require(document.rootElement())
        #expect(root.attribute(forName: "tests")?.stringValue == "11")
        #expect(root.attribute(forName: "failures")?.stringValue == "1")
        // MTBA under high load and 1,000 agents were not asked for.
        #expect(root.attribute(forName: "skipped")?.stringValue == "2")
        let cases = try document.nodes(forXPath: "//testcase/@name").compactMap(\.stringValue)
        #expect(cases == KPIKey.allCases.map(\.rawValue) + ["scaling_10 (10 agents)", "buy", "look"])
    }

    @Test func failuresTellTheirDetails() throws {
        let report = ReportFixture.report { window, _ in
            window.record(.gap, 90_000_000)
            (window.active, window.stalled) = (3, window.assigned - 3)
            return true
        }
        let document = try XMLDocument(xmlString: JUnitReport(report).text)
        let failures = try document.nodes(forXPath: "//failure")
        #expect(failures.count >= 3)
        let message = try document.nodes(forXPath: "//testcase[@name='mtba_threshold']/failure/@message")
        #expect(message.first?.stringValue?.contains("target < 1.0 seconds") == true)
        let types = try document.nodes(forXPath: "//failure/@type").compactMap(\.stringValue)
        #expect(Set(types) == ["critical", "not_critical"])
        let stage = try document.nodes(forXPath: "//testsuite[@name='stages']//failure").first?.stringValue
        let stalled = "Agents stalled: in stage scaling_10 4 of 10 waited for one answer for longer than 10s."
        #expect(stage == "at least 6 of 10 agents were active throughout the hold. \(stalled)")
    }

    @Test func openVerdictsAreErrors() throws {
        let report = ReportFixture.report { window, _ in
            window.host.loopLagMeanMicros = 900_000
            return true
        }
        let document = try XMLDocument(xmlString: JUnitReport(report).text)
        #expect(try !document.nodes(forXPath: "//error[@type='INCONCLUSIVE']").isEmpty)
        #expect(try document.nodes(forXPath: "//testsuite[@name='targets']//failure").isEmpty)
    }

    @Test func hostileNamesStayText() throws {
        var report = ReportFixture.report()
        report.run.scenarioName = hostile
        let document = try XMLDocument(xmlString: JUnitReport(report).text)
        let name = try #require(document.rootElement()?.attribute(forName: "name")?.stringValue)
        #expect(name.contains("</script><b onload=x>]]>&\"'|`* =cmd()\u{FFFD}\u{FFFD}\u{FFFD}@all"))
    }
}

@Suite struct MarkdownTests {
    @Test func tablesHaveAsManyCellsInEveryRow() {
        var report = ReportFixture.report { window, _ in
            window.record(.target(route: "GET /a|b\n`c`"), 5)
            window.counters[.sessionsFailed(FailureReason(rawValue: "a|b\nc"))] = 1
            return true
        }
        report.run.scenarioName = hostile
        let lines = MarkdownReport(report).text.split(separator: "\n", omittingEmptySubsequences: false)
        var columns: Int?
        for line in lines {
            guard line.hasPrefix("|") else {
                columns = nil
                continue
            }
            let cells = line.replacing("\\|", with: "").count { $0 == "|" }
            #expect(columns == nil || columns == cells, "\(line)")
            columns = cells
        }
        #expect(lines.contains { $0.contains("| MTBA, under 500 agents | &lt; 1.0 seconds") })
        #expect(lines.contains { $0.hasPrefix("| sessions | simulation | a\\|b c | - | - | 40") })
    }

    @Test func namesAreNoMarkup() {
        #expect("[x](y) <b> @all *a*".markdown == "\\[x\\]\\(y\\) &lt;b&gt; @<!-- -->all \\*a\\*")
        #expect(!MarkdownReport(ReportFixture.report()).text.contains("\n\n\n"))
    }

    @Test func theHeadlineTellsTheVerdict() {
        #expect(MarkdownReport(ReportFixture.report()).text.hasPrefix("## ✅ APE: PASS\n\nExit code 0: every critical"))
        let failed = ReportFixture.report(outcome: .fleetFailed(FleetFailure("All were lost.")))
        #expect(MarkdownReport(failed).text.contains("APE: FLEET FAILED"))
    }
}

@Suite struct CSVTests {
    /// A strict reader of RFC 4180.
    private func parsed(_ text: String) -> [[String]] {
        var rows: [[String]] = [[]]
        var field = ""
        var isQuoted = false
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch (scalar, isQuoted) {
            case ("\"", true) where rest.first == "\"":
                field += "\""
                rest.removeFirst()
            case ("\"", _): isQuoted.toggle()
            case (",", false):
                rows[rows.count - 1].append(field)
                field = ""
            case ("\r", false): break
            case ("\n", false):
                rows[rows.count - 1].append(field)
                field = ""
                rows.append([])
            default: field.unicodeScalars.append(scalar)
            }
        }
        return rows.dropLast()
    }

    @Test func everySecondAndStageIsARow() throws {
        let report = ReportFixture.withTimelines()
        let rows = parsed(CSVTable.seconds.text(report))
        #expect(rows.count == 1 + 24)
        #expect(rows.allSatisfy { $0.count == rows[0].count })
        let second = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[3]))
        #expect(second["time"] == "2023-11-14T22:13:22.000Z")
        #expect(second["phase"] == "hold")
        #expect(second["active_agents"] == "10")
        #expect(second["gap_count"] == "10")
        #expect(second["gap_mean_ms"] == "520.000")
        #expect(second["actions_5xx"] == "4")
        #expect(second["worst_cpu_percent"] == "25.0")
    }

    @Test func stagesAndRoutesAreTables() throws {
        let report = ReportFixture.withTimelines()
        let stages = parsed(CSVTable.stages.text(report))
        #expect(stages.map { $0[0] } == ["stage", "scaling_10", "scaling_1000"])
        #expect(Set(stages.map(\.count)).count == 1)
        let routes = parsed(CSVTable.routes.text(report))
        #expect(routes[1][...1] == ["POST /api/orders", "200"])
        #expect(routes[2][2] == "120.000")
    }

    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"), ("-2.5", "-2.5"), ("-x", "'-x"), ("+1", "+1"), ("a\nb", "a b"),
        ("=\"a\",b", "\"'=\"\"a\"\",b\""), ("\tx", "\" x\""), ("", ""),
        (" =1+1", "\"' =1+1\""), ("=\u{301}cmd()", "'=\u{301}cmd()"), ("\u{FF1D}1", "'\u{FF1D}1"),
        ("\u{0}=1", "'\u{FFFD}=1"), ("a\r\n=1", "a =1"), ("a;b", "\"a;b\""),
    ])
    func fieldsAreSafe(text: String, expected: String) {
        #expect(CSVTable.field(text) == expected)
    }
}
