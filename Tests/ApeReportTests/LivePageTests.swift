import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import Foundation
import FoundationXML
import Testing

@testable import ApeReport

@Suite struct LivePageTests {
    private func live(stage name: String = "peak") -> LiveRun {
        var live = LiveRun(
            run: "r",
            scenario: "shop",
            isDemo: false,
            startTime: Timestamp.text(micros: ReportFixture.start),
            time: Timestamp.text(micros: ReportFixture.start + 15_000_000),
            elapsedSeconds: 75,
            phase: .hold
        )
        live.plan.stages = [
            .init(name: "base", agents: 10, seconds: 20, status: .pass), .init(name: name, agents: 40, seconds: 60),
        ]
        (live.plan.count, live.plan.current) = (2, 1)
        (live.left.stage, live.left.run) = (15, 15)
        (live.agents.active, live.agents.target, live.agents.stalled) = (37, 40, 2)
        live.sessions.failed = [.init(party: .target, count: 3)]
        live.mtba.now = 0.5
        return live
    }

    private func page(_ live: LiveRun?) -> LivePage { LivePage(ReportFixture.withTimelines(), live) }

    private func part(_ id: String, of page: LivePage) -> String { page.parts.first { $0.id == id }?.html ?? "" }

    @Test func itTellsWhatTheRunIsLikeNow() {
        let page = page(live())
        #expect(page.status == "Running: stage 2 of 2, peak, hold.")
        let tiles = part("now", of: page)
        #expect(tiles.contains("<li><span>Agents</span><b>37</b><small>of 40, 2 stalled</small></li>"))
        #expect(tiles.contains("failed: 3 by target"))
        #expect(tiles.contains("data-paused=\"false\" data-scalable=\"false\" data-agents=\"40\""))
        let strip = part("strip", of: page)
        #expect(strip.contains("<rect class=\"stage over\" x=\"0.0\" y=\"24.0\" width=\"248.0\" height=\"16.0\">"))
        #expect(strip.contains("<rect class=\"stage now\" x=\"250.0\" y=\"0.0\" width=\"748.0\" height=\"40.0\">"))
        // Three quarters of the second stage are over.
        #expect(strip.contains("<path class=\"now-mark\" d=\"M812.5 0V40\"/>"))
        #expect(strip.contains("2 of 2: peak: 40 agents, 1:00, 0:15 left; run: 0:15 left"))
    }

    @Test func itsReportIsTheReport() {
        let report = ReportFixture.withTimelines()
        let parts = LivePage(report, live()).parts
        let document = HTMLReport(report)
        for part in document.parts { #expect(parts.contains(part), "\(part.id)") }
        #expect(part("report-head", of: page(live())) == document.head.html)
        #expect(Set(parts.map(\.id)).count == parts.count)
    }

    @Test func anEndedRunHasItsVerdict() {
        let page = page(nil)
        #expect(page.status.hasPrefix("The run has ended: PASS. Exit code 0: "))
        #expect(!page.parts.contains { $0.id == "now" })
    }

    @Test func onlyWhoMayControlHasButtons() {
        let page = page(live())
        let reader = page.document(page.parts, version: "b-1", mayControl: false).text
        #expect(reader.contains("Read only") && !reader.contains("data-command") && !reader.contains("control.js"))
        let owner = page.document(page.parts, version: "b-1", mayControl: true).text
        for command in ["stop", "scale", "pause", "resume"] {
            #expect(owner.contains("data-command=\"\(command)\""), "\(command)")
        }
        #expect(owner.contains("/page/control.js") && !owner.contains("Read only"))
        #expect(owner.contains("<body data-run=\"\(page.report.run.id)\" data-version=\"b-1\">"))
    }

    @Test func everySeriesCanBeChosen() throws {
        let page = page(live())
        #expect(page.series.contains("gap") && page.series == page.series.sorted())
        let text = page.document(page.parts, version: "b-1", mayControl: false).text
        for name in page.series { #expect(text.contains(">\(XMLText.escaped(name))</option>"), "\(name)") }
        #expect(try #require(page.distribution(ofSeries: "gap")).contains("samples, mean "))
        #expect(page.distribution(ofSeries: "nothing") == nil)
    }

    @Test func nothingInThePageIsStyledOrRunByItself() {
        let page = page(live(stage: "</title><script>alert(1)</script><img src=x onerror=y>"))
        let text = page.document(page.parts, version: "\"><script>", mayControl: true).text
        #expect(!text.contains(" style=") && !text.contains("<style") && !text.contains("<img"))
        // Three files, and no script of its own.
        #expect(text.components(separatedBy: "<script").count == 4)
        #expect(text.components(separatedBy: "<script src=\"/page/").count == 4)
        #expect(!WebPage.policy.contains("unsafe"))
    }

    @Test func thePageIsWellFormed() throws {
        var xml = page(live()).document(page(live()).parts, version: "b-1", mayControl: true).text
            .replacing("<!doctype html>", with: "").replacing(" defer>", with: ">").replacing(" hidden>", with: ">")
            .replacing(" required disabled>", with: ">").replacing(" formnovalidate>", with: ">")
        for void in ["meta", "link", "input"] {
            xml = xml.components(separatedBy: "<\(void) ").enumerated().map { index, piece in
                guard index > 0, let end = piece.firstIndex(of: ">") else { return piece }
                return "<\(void) " + piece[..<end] + "/" + piece[end...]
            }.joined()
        }
        #expect(throws: Never.self) { _ = try XMLDocument(xmlString: xml) }
    }
}
