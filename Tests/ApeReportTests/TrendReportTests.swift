import ApeCore
import ApeMetrics
import ApeRun
import Testing

@testable import ApeReport

@Suite("A trend for people")
struct TrendReportTests {
    private static func report(_ number: Int, slower micros: Int64 = 0, name: String = "shop") -> RunReport {
        var report = ReportFixture.report { window, _ in
            let noise = window.startMicros / 1_000_000 % 7 * 1_000
            window.series[.ttft] = nil
            for step in 0..<5 as Range<Int64> { window.record(.ttft, 250_000 + step * 10_000 + noise + micros) }
            return true
        }
        report.run.id = "run-\(number)"
        report.run.startMicros += Int64(number) * 86_400_000_000
        report.run.scenarioName = name
        return report
    }

    private static func trend(_ slower: [Int64?], name: String = "shop") -> RunTrend {
        var trend = RunTrend(scenarioName: name)
        for (number, micros) in slower.enumerated() {
            guard let micros else {
                let start = ReportFixture.start + Int64(number) * 86_400_000_000
                trend.addGap(run: "run-\(number)", startMicros: start, "it was cut off", state: "unfinished")
                continue
            }
            let report = report(number, slower: micros, name: name)
            trend.add(report.comparable, report.verdict, state: "PASS")
        }
        return trend.settled()
    }

    @Test func aTerminalShowsARowForEachFigure() throws {
        let text = TrendText(Self.trend([0, 0, nil, 90_000, 90_000])).text
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "Trend of shop: 5 runs from 2023-11-14 22:13 to 2023-11-18 22:13 UTC.")
        let row = try #require(lines.first { $0.hasPrefix("TTFT, mean") })
        #expect(row.contains("  ▁▁·██ ") && row.hasSuffix("< 2.0 s"))
        // A figure on which nothing happens is level.
        #expect(lines.contains { $0.hasPrefix("MTBA, under 500 agents") && $0.contains("  ▄▄·▄▄ ") })
        #expect(
            text.contains(
                """
                Changes:
                  2023-11-17 22:13 UTC, run run-3: TTFT, mean 0.273 s -> 0.363 s, +33.0 % WORSE
                """
            )
        )
        #expect(text.contains("Gaps:\n  2023-11-16 22:13 UTC, run run-2: it was cut off\n"))
        #expect(!text.contains("Breaks:") && !text.unicodeScalars.contains("\u{1B}"))
    }

    @Test(arguments: [60, 61, 76, 100, 140])
    func itFits(width: Int) throws {
        let text = TrendText(Self.trend((0..<40).map { $0 % 3 == 0 ? 50_000 : 0 }), width: width, isColoured: true).text
        let plain = text.replacing(/\u{1B}\[[0-9]+m/, with: "")
        for line in plain.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        #expect(width > 76 || plain.contains("latest runs are drawn"))
        let row = try #require(plain.split(separator: "\n").first { $0.hasPrefix("TTFT, mean") })
        #expect(row.count { "▁▂▃▄▅▆▇█".contains($0) } >= 8)
    }

    @Test func changesAreColoured() {
        let text = TrendText(Self.trend([0, 90_000, 0]), isColoured: true).text
        #expect(text.contains("▁\u{1B}[31m█\u{1B}[0m\u{1B}[32m▁\u{1B}[0m"))
    }

    @Test func breaksAreDrawn() {
        var trend = RunTrend(scenarioName: "shop")
        for number in 0..<3 {
            var run = Self.report(number).comparable
            if number > 0 { run.origin.scenarioHash = "other" }
            trend.add(run, Self.report(number).verdict, state: "PASS")
        }
        let text = TrendText(trend.settled()).text
        #expect(text.contains("▄│▄▄"))
        #expect(text.contains("Breaks:\n  2023-11-15 22:13 UTC, run run-1: another scenario\n"))
        #expect(TrendPage(trend.settled()).text.contains("<path class=\"break\" d=\"M333.3 0V200\">"))
    }

    @Test func thePageNeedsNothingElse() {
        let page = TrendPage(Self.trend([0, nil, 90_000])).text
        #expect(!page.contains("http:") && !page.contains("https:") && !page.contains("src="))
        #expect(page.contains("<h1>Trend of shop</h1>"))
        #expect(page.ranges(of: "<figure>").count == 8)
        #expect(page.contains("<polygon class=\"band\"") == false)
        #expect(page.contains("2023-11-15 22:13 UTC, run run-1: it was cut off"))
        #expect(page.contains("<span class=\"chip fail\">WORSE</span>"))
        #expect(TrendPage(Self.trend([0, 0, 0])).text.contains("<polygon class=\"band\""))
    }

    @Test func wordsOfOthersStayWords() {
        let trend = Self.trend([0, 0], name: ForeignTextTests.hostile)
        let page = TrendPage(trend).text
        #expect(!page.contains("<b>\u{301}") && !page.contains("##vso["))
        for line in TrendText(trend).text.split(separator: "\n") {
            #expect(String(line).unicodeScalars.allSatisfy(PlainText.isWord))
            #expect(!line.drop { $0 == " " }.hasPrefix("::"))
        }
    }

    @Test(
        arguments: [
            ([], ""), ([nil, .nan], "··"), ([1, 1, nil], "▄▄·"), ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
            ([0, .infinity, 1], "▁·█"),
        ] as [([Double?], String)]
    )
    func sparklines(values: [Double?], signs: String) {
        #expect(String(Sparkline.signs(values)) == signs)
    }

    @Test func jsonHasGapsAsNull() throws {
        let json = Self.trend([0, nil, 90_000]).json
        let line = try #require(json["lines"]?.array?.first { $0["name"]?.string == "cognitive_latency_ttft" })
        #expect(line["points"]?[1] == .null && line["points"]?[2]?["change"]?.string == "worse")
        #expect(json["runs"]?[1]?["gap"]?.string == "it was cut off")
    }
}
