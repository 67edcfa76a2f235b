import ApeCore
import ApeMetrics
import ApeRun
import Testing

@testable import ApeReport

/// What formats show of connections.
struct ConnectionReportTests {
    /// One stage of 2 + 10 s; each of two workers opens a connection to the shop in each of its ramp's seconds.
    private static func report(failing: Bool = false) -> RunReport {
        ReportFixture.report(agents: [10]) { window, _ in
            let (shop, model) = (PeerNames("shop"), PeerNames(PeerNames.model))
            if window.phase == .ramp {
                window.counters[shop.opened] = 1
                window.series[shop.connect] = Self.histogram(2_000)
                window.series[shop.tls] = Self.histogram(5_000)
                window.counters[model.opened] = 1
                window.series[model.connect] = Self.histogram(1_000)
            }
            window.counters[shop.reused] = 100
            if failing {
                window.counters[shop.failed] = 2
                window.counters[shop.repeated] = 1
            }
            return true
        }
    }

    private static func histogram(_ micros: Int64) -> Histogram {
        var histogram = Histogram()
        histogram.record(micros)
        return histogram
    }

    @Test func everyFormatShowsTheWholeRun() throws {
        let report = Self.report()
        let rows = report.tables.connections
        #expect(rows.map(\.peer) == ["shop", "(model)"])
        #expect(rows.map(\.opened) == [4, 4] && rows.map(\.reused) == [2_400, 0])
        let words =
            "Connections: shop 4 opened (2.00 ms in the mean, TLS 5.00 ms), reused 2400 times; the model's endpoint 4 "
            + "opened (1.00 ms in the mean), reused 0 times."
        #expect(ConnectionRow.sentence(rows) == words)
        #expect(VerdictTable(report, width: 400).text.contains(words))
        let json = try #require(report.json["connections"]?[0])
        #expect(json["peer"]?.string == "shop" && json["opened"]?.integer == 4 && json["failed"]?.integer == 0)
        #expect(json["tls"]?["mean_seconds"]?.number == 0.005)
        #expect(json["name_lookup"]?["count"]?.integer == 0 && json["name_lookup"]?["p99_seconds"] == .null)
        #expect(MarkdownReport(report).text.contains("| shop | 4 | 2400 | 0 | 0 |"))
    }

    @Test func whatDidNotComeAboutIsTold() {
        let words = ConnectionRow.sentence(Self.report(failing: true).tables.connections)
        #expect(words?.contains("reused 2400 times, 48 could not be opened, 24 requests sent again;") == true)
    }

    @Test func aRunWithoutConnectionsSaysNothing() {
        let report = ReportFixture.report(agents: [10]) { _, _ in true }
        #expect(report.tables.connections.isEmpty && ConnectionRow.sentence([]) == nil)
        #expect(report.json["connections"] == .array([]))
    }
}
