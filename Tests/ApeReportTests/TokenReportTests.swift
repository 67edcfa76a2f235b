import ApeCore
import ApeFleet
import ApeMetrics
import ApeProgram
import ApeRun
import Foundation
import Testing

@testable import ApeReport

/// What formats show of tokens, their cost, and a budget that was spent.
struct TokenReportTests {
    private static let price: Scenario.TokenPrice = {
        var price = Scenario.TokenPrice(input: 2, output: 8)
        price.cachedInput = 0.5
        return price
    }()

    /// One stage of 2 + 10 s; two workers of which each uses 10,000 tokens in and 500 out in a second.
    private static func report(
        price: Scenario.TokenPrice? = price,
        estimated: Int64 = 0,
        successful: Bool = true
    ) -> RunReport {
        ReportFixture.report(agents: [10], price: price) { window, _ in
            window.counters[.tokensIn] = 10_000
            window.counters[.tokensCached] = 6_000
            window.counters[.tokensOut] = 500
            window.counters[.tokensReasoning] = 200
            window.counters[.tokensEstimated] = estimated
            if !successful { window.counters[.sessionsSuccessfulStateful] = nil }
            return true
        }
    }

    @Test func theHoldIsAPartOfTheWholeRun() throws {
        let report = Self.report()
        // 24 windows in all, of which 20 are the hold's; each costs 4,000 x 2 + 6,000 x 0.5 + 500 x 8 a million.
        let (whole, stage) = (report.json, try #require(report.json["stages"]?[0]))
        #expect(whole["tokens"]?["in"]?.integer == 240_000 && stage["tokens"]?["in"]?.integer == 200_000)
        #expect(whole["tokens"]?["cached"]?.integer == 144_000 && whole["tokens"]?["out"]?.integer == 12_000)
        #expect(whole["tokens"]?["reasoning"]?.integer == 4_800 && whole["tokens"]?["estimated"]?.integer == 0)
        #expect(whole["tokens"]?["cached_share_percent"]?.number == 60)
        #expect(whole["tokens"]?["per_decision"]?.number == 210)
        let (total, held) = (whole["cost"]?["total"]?.number ?? 0, stage["cost"]?["total"]?.number ?? 0)
        #expect(abs(total - 0.36) < 1e-9 && abs(held - 0.3) < 1e-9)
        // Ten sessions of each window were successful and stateful.
        let each = try #require(whole["cost"]?["per_successful_session"]?.number)
        #expect(abs(each - 0.0015) < 1e-9)
        #expect(stage["tokens"]?["cache_write"]?.integer == 0)
    }

    @Test func everyFormatShowsTheSame() throws {
        let report = Self.report()
        let words =
            "Tokens: 240000 in (60 % of them from the cache), 12000 out (4800 of them reasoning), 210 a decision. "
            + "Cost: 0.360, 0.00150 for each successful stateful session."
        #expect(report.tables.tokens.sentence == words)
        let terminal = VerdictTable(report, width: 400).text
        #expect(terminal.components(separatedBy: "\n").contains(words))
        let markdown = MarkdownReport(report).text
        #expect(markdown.contains("| scaling\\_10 | 200000 | 60 % | 10000 | 4000 | 210 | 0.300 | 0.00150 |"))
        #expect(markdown.contains("| *whole run* | 240000 | 60 % | 12000 | 4800 | 210 | 0.360 | 0.00150 |"))
        let html = HTMLReport(report).text
        for text in [">200000<", ">240000<", ">60 %<", ">0.300<", ">0.360<", ">0.00150<", words] {
            #expect(html.contains(text), "\(text)")
        }
        let lines = CSVTable.stages.text(report).components(separatedBy: "\r\n").map { $0.components(separatedBy: ",") }
        let row = Dictionary(uniqueKeysWithValues: zip(lines[0], lines[1]))
        #expect(row["tokens_in"] == "200000" && row["tokens_cached"] == "120000" && row["tokens_cache_write"] == "0")
        #expect(row["tokens_out"] == "10000" && row["tokens_reasoning"] == "4000" && row["tokens_estimated"] == "0")
        #expect(row["cost"] == "0.30000000" && row["cost_per_successful_session"] == "0.00150000")
        #expect(JUnitReport(report).text.contains("<property name=\"tokens\" value=\"\(words)\"/>"))
    }

    @Test func withoutAPriceThereAreTokensAndNoCost() {
        let report = Self.report(price: nil)
        #expect(report.json["cost"] == .null && report.json["stages"]?[0]?["cost"] == .null)
        #expect(report.json["tokens"]?["in"]?.integer == 240_000)
        #expect(report.tables.tokens.sentence?.contains("Cost") == false)
        #expect(!HTMLReport(report).text.contains("Cost a session"))
        #expect(MarkdownReport(report).text.contains("| scaling\\_10 | 200000 | 60 % | 10000 | 4000 | 210 | - | - |"))
        let row = CSVTable.stages.text(report).components(separatedBy: "\r\n")[1]
        #expect(row.hasSuffix(",200000,120000,0,10000,4000,0,,"))
    }

    @Test func whatNobodyToldOfIsNoData() {
        let silent = ReportFixture.report(agents: [10], price: Self.price)
        #expect(silent.json["tokens"] == .null && silent.json["cost"] == .null)
        let words = "Tokens: no data. The endpoint told of none in 1200 decisions."
        #expect(silent.tables.tokens.sentence == words)
        #expect(VerdictTable(silent).text.contains(words) && HTMLReport(silent).text.contains(words))
        #expect(MarkdownReport(silent).text.contains("### Tokens\n\n\(words)"))
        let scripts = ReportFixture.report(agents: [10]) { window, _ in
            window.counters[.decisions] = nil
            return true
        }
        #expect(scripts.tables.tokens.sentence == nil && !MarkdownReport(scripts).text.contains("Tokens"))
    }

    @Test func withoutASuccessfulSessionTheMoneyIsSpentAllTheSame() {
        let report = Self.report(successful: false)
        #expect(report.json["cost"]?["per_successful_session"] == .null)
        #expect(
            report.tables.tokens.sentence?.hasSuffix("Cost: 0.360, no session was successful and stateful.") == true
        )
        #expect(MarkdownReport(report).text.contains("| 0.360 | - |"))
    }

    @Test func estimatesAreMarkedWhereverTheyCount() {
        let report = Self.report(estimated: 50)
        let words =
            "Tokens: ~240000 in (~60 % of them from the cache), ~12000 out (~4800 of them reasoning), ~210 a decision. "
            + "Cost: ~0.360, ~0.00150 for each successful stateful session. "
            + "~: 1200 of the tokens are an estimate, since the endpoint did not tell of them."
        #expect(report.tables.tokens.sentence == words)
        #expect(report.json["tokens"]?["estimated"]?.integer == 1_200)
        #expect(HTMLReport(report).text.contains(">~0.300<"))
        // One tilde is markup there.
        #expect(MarkdownReport(report).text.contains("| \\~200000 | \\~60 % | \\~10000 |"))
        #expect(CSVTable.stages.text(report).contains(",200000,120000,0,10000,4000,1000,0.30000000,"))
    }

    // MARK: A budget that was spent

    /// Three stages of 2 + 10 s; the run ends 4 s into the second's hold.
    private static let cut: RunReport = {
        let full = ReportFixture.report(agents: [10, 20, 40], price: price) { window, _ in
            window.counters[.tokensIn] = 100_000
            return window.stage == 0
        }
        var ledger = full.ledger
        ledger.ended(atMicros: ReportFixture.start + 18_000_000)
        var run = full.run
        run.subject.budget = 4.5
        let verdict = RunVerdict(judging: ledger, rules: JudgingRules(), outcome: .budgetSpent)
        return RunReport(run: run, ledger: ledger, verdict: verdict)
    }()

    @Test func whatWasNotRunIsToldInEveryFormat() {
        let words =
            "The budget of 4.50 was spent (spent: 4.80), so the run ended before its plan did: stage scaling_20 was held for 4s "
            + "of 10s, 1 stage not held at all (scaling_40)."
        #expect(Self.cut.budgetSentence == words)
        #expect(Self.cut.verdict.exitCode == .inconclusive && Self.cut.headline == "INCONCLUSIVE")
        let run = Self.cut.json["run"]
        #expect(run?["outcome"]?.string == "budget_spent" && run?["outcome_reason"]?.string == words)
        #expect(run?["budget"]?.number == 4.5)
        #expect(VerdictTable(Self.cut, width: 400).text.contains(words))
        #expect(HTMLReport(Self.cut).text.contains(words) && MarkdownReport(Self.cut).text.contains(words.markdown))
        #expect(JUnitReport(Self.cut).text.contains("<property name=\"outcome_reason\" value=\"\(words)\"/>"))
        #expect(Self.cut.notes.first?.contains("raise inference.budget") == true)
    }

    @Test func anOpenStageHasNoEndToMiss() {
        let standing = ReportFixture.report(agents: [4], isOpen: true, outcome: .budgetSpent, price: Self.price)
        #expect(standing.budgetSentence == "The budget was spent, so the run ended.")
    }

    @Test(.enabled(if: PythonSchema.isPresent, "python3 with jsonschema is not installed"))
    func theSchemaKnowsThem() throws {
        let reports = [Self.report(), Self.report(estimated: 5, successful: false), Self.report(price: nil), Self.cut]
        for report in reports {
            let file = FileManager.default.temporaryDirectory.appending(path: "ape-report-\(UUID()).json").path()
            defer { try? FileManager.default.removeItem(atPath: file) }
            try Files.write(report.json, to: file)
            #expect(try PythonSchema.findings(schema: "validation-report", file: file) == "")
        }
    }
}
