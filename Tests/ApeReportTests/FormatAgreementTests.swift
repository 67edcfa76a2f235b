import ApeCore
import ApeMetrics
import ApeRun
import Foundation
import FoundationXML
import Testing

@testable import ApeReport

/// Every format shows the same figures: each test reads them back out of the format's own text.
@Suite struct FormatAgreementTests {
    /// A stage as a format shows it; nil for what the format does not show.
    private struct Shown {
        /// Seconds.
        var mtba: Double?
        /// Seconds.
        var ttft: Double?
        /// The share of good sessions, 0 to 1.
        var share: Double?
        var status: String?
    }

    private struct Target: Equatable {
        /// As in `0.520 s`; nil where nothing was measured.
        var value: String?
        var status: String
    }

    /// Two stages of a minute whose first gaps and first tokens are slow; the second has half its agents, and failures.
    static let withWarmup = ReportFixture.report(agents: [10, 20], holdSeconds: 60) { window, _ in
        if window.seq < 17 {
            for _ in 0..<5 {
                window.record(.gap, 4_000_000)
                window.record(.ttft, 3_000_000)
            }
        }
        if window.stage == 1 {
            (window.active, window.stalled) = (5, 5)
            window.counters[.sessionsFailed(.target5xx)] = 6
        }
        return true
    }

    /// A fleet that was scaled once and then stopped.
    static let standing = ReportFixture.report(agents: [4, 10], isOpen: true)

    static let reports = [("a run with a warm-up cut", withWarmup), ("a standing fleet that was stopped", standing)]

    @Test func theRunsAreWhatTheyAreTakenFor() throws {
        let cut = Self.withWarmup.tables.stages.map { $0.warmupCut?.seconds ?? 0 }
        #expect(cut == [15, 15])
        #expect(Self.withWarmup.tables.stages.map(\.status) == [.pass, .fail])
        let whole = try #require(Self.withWarmup.ledger.stages[0].hold[.gap].meanMicros)
        #expect(try #require(Self.withWarmup.tables.stages[0].mtbaMicros) == 520_000 && whole > 900_000)
        #expect(Self.standing.ledger.stages.map { $0.cutMicros != nil } == [true, true])
        #expect(Self.standing.tables.stages.map(\.status) == [.pass, .pass])
        #expect(Self.standing.verdict.exitCode == .passed)
    }

    @Test(arguments: reports.indices)
    func everyFormatShowsTheSameStages(number: Int) throws {
        let (run, report) = Self.reports[number]
        let formats: [(String, [Shown])] = [
            ("JSON", json(report)), ("terminal", terminal(report)), ("Markdown", markdown(report)),
            ("HTML", html(report)), ("CSV", csv(report)), ("JUnit", try junit(report)),
        ]
        for (format, stages) in formats {
            #expect(stages.count == report.tables.stages.count, "\(format) of \(run)")
            for (shown, stage) in zip(stages, report.tables.stages) {
                let place: Comment = "\(format) of \(run), \(stage.name)"
                #expect(isSame(shown.mtba, stage.mtbaMicros.map { $0 / 1e6 }), place)
                #expect(isSame(shown.ttft, stage.ttftMicros.map { $0 / 1e6 }), place)
                if format != "JUnit" { #expect(isSame(shown.share, stage.sessions.value), place) }
                let expected = format == "JUnit" ? stage.status.rawValue : "\(stage.status == .pass)"
                if let status = shown.status { #expect(status == expected, place) }
            }
        }
    }

    @Test(arguments: reports.indices)
    func everyFormatShowsTheSameTargets(number: Int) throws {
        let (run, report) = Self.reports[number]
        let expected = report.verdict.verdicts.map {
            Target(value: $0.measured.map($0.target.amount), status: $0.status.rawValue)
        }
        #expect(jsonTargets(report) == expected, "JSON of \(run)")
        #expect(terminalTargets(report) == expected, "terminal of \(run)")
        #expect(markdownTargets(report) == expected, "Markdown of \(run)")
        #expect(htmlTargets(report) == expected, "HTML of \(run)")
        #expect(try junitTargets(report) == expected, "JUnit of \(run)")
    }

    /// Formats round to milliseconds and tenths of a percent.
    private func isSame(_ one: Double?, _ other: Double?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return abs(one - other) < 0.000_51
    }

    /// The number at a text's beginning.
    private func number(_ text: some StringProtocol) -> Double? {
        text.split(separator: " ").first.flatMap { Double($0) }
    }

    // MARK: JSON

    private func json(_ report: RunReport) -> [Shown] {
        let stages = report.json["stages"]?.array ?? []
        let results = report.json["scaling_validation"]?["scaling_test_results"]?.array ?? []
        return zip(stages, results).map { stage, result in
            return Shown(
                mtba: result["performance_metrics"]?["mtba_avg"]?.number,
                ttft: result["performance_metrics"]?["ttft_avg"]?.number,
                share: stage["sessions"]?["share_percent"]?.number.map { $0 / 100 },
                status: stage["success"]?.bool.map { "\($0)" }
            )
        }
    }

    private func jsonTargets(_ report: RunReport) -> [Target] {
        (report.json["all_validation_results"]?.array ?? []).map { result in
            let key = result["key"]?.string.flatMap(KPIKey.init(rawValue:)) ?? .mtbaThreshold
            let value = result["measured_value"]?.number.map(KPITarget(key).amount)
            return Target(value: value, status: result["status"]?.string ?? "")
        }
    }

    // MARK: Terminal

    /// The cells of the rows of the table whose header begins with a title.
    private func terminalRows(_ report: RunReport, _ title: String) -> [[String]] {
        let lines = VerdictTable(report).text.components(separatedBy: "\n")
        let rows = lines.drop { !$0.hasPrefix(title) }.dropFirst(2).prefix { !$0.isEmpty }
        return rows.map { row in
            row.components(separatedBy: "  ").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
    }

    private func terminal(_ report: RunReport) -> [Shown] {
        terminalRows(report, "Stage").map {
            Shown(mtba: number($0[3]), ttft: number($0[4]), share: number($0[6]).map { $0 / 100 })
        }
    }

    private func terminalTargets(_ report: RunReport) -> [Target] {
        terminalRows(report, "KPI").map { target(measured: $0[2], status: $0[3]) }
    }

    private func target(measured: String, status: String) -> Target {
        let value = measured.components(separatedBy: " (")[0]
        return Target(value: value == "-" ? nil : value, status: status.components(separatedBy: " (")[0])
    }

    // MARK: Markdown

    private func markdownRows(_ report: RunReport, _ title: String) -> [[String]] {
        let lines = MarkdownReport(report).text.components(separatedBy: "\n")
        let rows = lines.drop { $0 != "### \(title)" }.dropFirst(4).prefix { $0.hasPrefix("|") }
        return rows.map { $0.dropFirst(2).dropLast(2).components(separatedBy: " | ") }
    }

    private func markdown(_ report: RunReport) -> [Shown] {
        markdownRows(report, "Stages").map {
            Shown(mtba: number($0[3]), ttft: number($0[4]), share: number($0[6]).map { $0 / 100 })
        }
    }

    private func markdownTargets(_ report: RunReport) -> [Target] {
        markdownRows(report, "Targets").map { row in
            // A mark stands before the status.
            target(measured: row[2], status: row[3].components(separatedBy: " ").dropFirst().joined(separator: " "))
        }
    }

    // MARK: HTML

    private func html(_ report: RunReport) -> [Shown] {
        let text = HTMLReport(ReportFixture.withTimelines(report)).text
        let table = text.components(separatedBy: "aria-label=\"Stages\"")[1].components(separatedBy: "</tbody>")[0]
        return table.components(separatedBy: "<tr>").dropFirst(2).map { row in
            let cells = row.components(separatedBy: "<td").dropFirst().map { cell in
                cell.components(separatedBy: "data-v=\"").dropFirst().first.flatMap { Double($0.prefix { $0 != "\"" }) }
            }
            // A missing number is sorted as -1.
            let values = cells.map { $0.flatMap { $0 < 0 ? nil : $0 } }
            return Shown(mtba: values[3].map { $0 / 1e6 }, ttft: values[5].map { $0 / 1e6 }, share: values[7])
        }
    }

    private func htmlTargets(_ report: RunReport) -> [Target] {
        let cards = HTMLReport(ReportFixture.withTimelines(report)).text.components(
            separatedBy: "<div class=\"card target\">"
        )
        return cards.dropFirst().map { card in
            let chip = card.components(separatedBy: "<span class=\"chip ")[1].components(separatedBy: "\">")[1]
            let value = card.components(separatedBy: "<div class=\"value\">")[1].components(separatedBy: "</div>")[0]
            let status = chip.components(separatedBy: "</span>")[0].components(separatedBy: " (")[0]
            return Target(
                value: value == "not measured" ? nil : value,
                status: status.replacingOccurrences(of: " ", with: "_")
            )
        }
    }

    // MARK: CSV

    private func csv(_ report: RunReport) -> [Shown] {
        let lines = CSVTable.stages.text(ReportFixture.withTimelines(report)).components(separatedBy: "\r\n")
        let header = lines[0].components(separatedBy: ",")
        return lines.dropFirst().filter { !$0.isEmpty }.map { line in
            let row = Dictionary(uniqueKeysWithValues: zip(header, line.components(separatedBy: ",")))
            return Shown(
                mtba: number(row["gap_mean_ms"] ?? "").map { $0 / 1_000 },
                ttft: number(row["ttft_mean_ms"] ?? "").map { $0 / 1_000 },
                share: number(row["sessions_share_percent"] ?? "").map { $0 / 100 },
                status: row["success"]
            )
        }
    }

    // MARK: JUnit

    private func cases(_ report: RunReport, _ suite: String) throws -> [XMLElement] {
        let document = try XMLDocument(xmlString: JUnitReport(report).text)
        return try document.nodes(forXPath: "//testsuite[@name='\(suite)']/testcase").compactMap { $0 as? XMLElement }
    }

    private func status(_ element: XMLElement) -> String {
        if !element.elements(forName: "failure").isEmpty { return "FAIL" }
        if !element.elements(forName: "error").isEmpty { return "INCONCLUSIVE" }
        return element.elements(forName: "skipped").isEmpty ? "PASS" : "NOT_EXERCISED"
    }

    private func output(_ element: XMLElement) -> String {
        element.elements(forName: "system-out").first?.stringValue ?? ""
    }

    private func junit(_ report: RunReport) throws -> [Shown] {
        try cases(report, "stages").map { element in
            let words = output(element)
            func figure(_ name: String) -> Double? {
                words.components(separatedBy: "\(name) ").dropFirst().first.flatMap(number)
            }
            return Shown(mtba: figure("MTBA"), ttft: figure("mean TTFT"), status: status(element))
        }
    }

    private func junitTargets(_ report: RunReport) throws -> [Target] {
        try zip(cases(report, "targets"), report.verdict.verdicts).map { element, verdict in
            let sentence = output(element).dropFirst(verdict.target.title.count + 2)
            let value = sentence.components(separatedBy: ", ")[0]
            return Target(value: value == "not measured" ? nil : value, status: status(element))
        }
    }
}
