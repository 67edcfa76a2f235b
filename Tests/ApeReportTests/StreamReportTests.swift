import ApeCore
import ApeMetrics
import ApeRun
import Testing

@testable import ApeReport

/// What formats show of routes whose answers are streams of events.
struct StreamReportTests {
    private static let route = "POST /chat"

    private static func report() -> RunReport {
        ReportFixture.report(agents: [10]) { window, _ in
            var (first, gap) = (Histogram(), Histogram())
            first.record(40_000)
            for _ in 0..<9 { gap.record(5_000) }
            window.series[SeriesFamily.firstEvent[route]] = first
            window.series[SeriesFamily.eventGap[route]] = gap
            window.counters[CounterFamily.routeEvents[route]] = 10
            window.counters[CounterFamily.streams[route]] = 2
            window.counters[CounterFamily.silentStreams[route]] = 1
            window.counters[CounterFamily.leftStreams[route]] = 1
            return true
        }
    }

    @Test func everyFormatShowsTheHolds() throws {
        let report = Self.report()
        let json = try #require(report.json["streams"]?[0])
        #expect(json["route"]?.string == Self.route)
        #expect(json["answers"]?.integer == 40 && json["events"]?.integer == 200)
        #expect(json["first_event"]?["mean_seconds"]?.number == 0.04 && json["event_gap"]?["count"]?.integer == 180)
        #expect(json["answers_without_event"]?.integer == 20 && json["answers_left"]?.integer == 20)
        #expect(MarkdownReport(report).text.contains("| `POST /chat` | 40 | 20 | 20 | 200 | 40.00 ms |"))
        #expect(HTMLReport(report).text.contains("Answers that stream"))
    }

    @Test func aRunWithoutStreamsSaysNothing() {
        let report = ReportFixture.report(agents: [10]) { _, _ in true }
        #expect(report.json["streams"] == .array([]))
        #expect(!HTMLReport(report).text.contains("Answers that stream"))
    }
}
