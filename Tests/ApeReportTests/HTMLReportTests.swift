import ApeCore
import ApeMetrics
import ApeRun
import Foundation
import FoundationXML
import Testing

@testable import ApeReport

@Suite struct HTMLReportTests {
    private let text = HTMLReport(ReportFixture.withTimelines()).text

    @Test func everySectionIsThere() {
        for title in [
            "The eight targets", "What to do", "Where the time goes", "Over time", "Distributions", "Scaling", "Stages",
            "Routes of the target", "Failures", "Failed sessions, step by step", "Workers", "Completeness",
            "What happened to the fleet",
        ] {
            #expect(text.contains("<h2>\(title)</h2>"), "\(title)")
        }
        for chart in ["Agents", "Time to first token", "Throughput", "Errors", "Worst worker host"] {
            #expect(text.contains("<b>\(chart) <small>"), "\(chart)")
        }
        #expect(
            text.contains("Exit code 0: every critical target that the run exercised passed, and every stage was held.")
        )
    }

    @Test func nothingIsLoadedFromAnywhere() {
        for word in ["src=", "href=", "url(", "@import", "<link", "<img", "<iframe", "fetch(", "XMLHttp", "<object"] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(text.contains("content=\"default-src &apos;none&apos;; style-src"))
    }

    @Test func namesFromOutsideStayText() {
        let evil = "</title><script>alert(1)</script><img src=x onerror=y>\u{0}"
        var report = ReportFixture.report { window, _ in
            window.record(.target(route: evil), 5)
            window.counters[.sessionsFailed(FailureReason(rawValue: evil))] = 2
            return true
        }
        report.run.scenarioName = evil
        report.run.subject.targets = [evil]
        var ledger = report.ledger
        ledger.workerKnown(WorkerFacts(id: "id-alpha", name: evil, labels: ["host": evil]))
        ledger.add(event: FleetEvent(at: FleetTime(micros: 0), level: .info, code: evil, message: evil))
        report = RunReport(run: report.run, ledger: ledger, verdict: report.verdict)
        let text = HTMLReport(ReportFixture.withTimelines(report)).text
        #expect(text.components(separatedBy: "<script").count == 2)
        #expect(!text.contains("<img"))
        #expect(!text.contains("\u{0}"))
        #expect(text.components(separatedBy: "&lt;script&gt;alert(1)").count >= 8)
    }

    @Test func theDocumentIsWellFormed() throws {
        // With its void elements closed it is XML, which a parser holds to account.
        var xml = text.replacing("<!doctype html>", with: "").replacing("crossorigin", with: "")
        for void in ["meta charset", "meta http-equiv", "meta name"] {
            xml = xml.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                guard let start = line.range(of: "<\(void)"), let end = line[start.lowerBound...].firstIndex(of: ">")
                else { return String(line) }
                return line[..<end] + "/" + line[end...]
            }.joined(separator: "\n")
        }
        let script = try #require(xml.range(of: "<script>")?.upperBound)
        let end = try #require(xml.range(of: "</script>")?.lowerBound)
        xml.removeSubrange(script..<end)
        #expect(throws: Never.self) { _ = try XMLDocument(xmlString: xml) }
    }

    @Test func aRunWithoutMeasurementsHasAReport() {
        let empty = ReportFixture.report(outcome: .interrupted) { _, _ in false }
        let text = HTMLReport(empty).text
        #expect(text.contains("INTERRUPTED"))
        #expect(!text.contains("<h2>Over time</h2>"))
        #expect(!text.contains("nan"))
    }

    @Test func theScalingLawIsDrawnWithItsStages() {
        let agents = [10, 20, 40, 80, 160]
        let report = ReportFixture.report(agents: agents) { window, _ in
            let number = Double(agents[window.stage])
            let throughput = 1_000 * number / (1 + 0.02 * (number - 1) + 0.0004 * number * (number - 1))
            window.counters[.actions(.successful)] = Int64(throughput / 2)
            window.counters[.actions(.serverError)] = nil
            return true
        }
        let text = HTMLReport(ReportFixture.withTimelines(report)).text
        #expect(text.contains("Contention is 0.0200 (95 %: "))
        #expect(text.contains("Throughput peaks at about 49 (95 %: "))
        #expect(text.contains("<path class=\"line s1\" d=\"M"))
        #expect(text.contains("<path class=\"dot s2\" d=\"M"))
    }

    @Test func markupEscapesWhatItIsGiven() {
        let name = "<i>&\"'"
        let inner: Markup = "<b>\(name)</b>"
        let outer: Markup = "<p title=\"\(name)\">\(inner) \(3) \(0.25)</p>"
        #expect(
            outer.html
                == "<p title=\"&lt;i&gt;&amp;&quot;&apos;\"><b>&lt;i&gt;&amp;&quot;&apos;</b> 3 0.3</p>"
        )
    }

    @Test func axesHaveRoundMarks() {
        #expect(Axis.ticks(upTo: 0.87) == [0, 0.5, 1])
        #expect(Axis.ticks(upTo: 100) == [0, 50, 100])
        #expect(Axis.ticks(upTo: 1_300) == [0, 500, 1_000, 1_500])
        #expect(Axis.ticks(upTo: .nan) == [0, 1])
        #expect(Axis.moments(90) == [0, 15, 30, 45, 60, 75, 90])
        #expect(Axis.label(20_000, step: 5_000) == "20k")
        #expect(Axis.label(0.25, step: 0.05) == "0.25")
    }
}

/// Contrasts as the Web Content Accessibility Guidelines 2.2 define them.
@Suite struct PaletteTests {
    private func luminance(_ colour: String) throws -> Double {
        let digits = try #require(Int(colour.dropFirst(), radix: 16))
        let channels = [digits >> 16, digits >> 8 & 255, digits & 255].map { Double($0) / 255 }
        let linear = channels.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    private func contrast(_ one: String, _ other: String) throws -> Double {
        let (a, b) = (try luminance(one), try luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    @Test func theMeasureIsTheGuidelines() throws {
        #expect(try abs(contrast("#000000", "#ffffff") - 21) < 1e-9)
        #expect(try abs(contrast("#777777", "#ffffff") - 4.48) < 0.01)
    }

    @Test(arguments: ["light", "dark"])
    func textsAndChartsStandOut(name: String) throws {
        let palette = name == "light" ? Palette.light : Palette.dark
        #expect(palette.name == name)
        #expect(palette.series.count == Palette.seriesCount)
        for ground in [palette.ground, palette.surface] {
            for text in [palette.text, palette.muted] {
                #expect(try contrast(text, ground) >= 4.5, "\(text) on \(ground)")
            }
            for colour in palette.series {
                #expect(try contrast(colour, ground) >= 3, "\(colour) on \(ground)")
            }
        }
        for status in palette.statuses {
            #expect(try contrast(status.text, status.ground) >= 4.5, "\(status.name)")
            #expect(try contrast(status.text, palette.surface) >= 3, "\(status.name) as an area")
        }
    }
}
