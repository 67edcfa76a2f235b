import ApeCore
import ApeMetrics
import ApeRun
import Testing

@testable import ApeReport

/// How formats show what servers showed.
@Suite struct ServerReportTests {
    private static let hostile = "q{model=\"<b>\u{1B}[2J|`\"}"

    /// Two stages of 12 s; a server that shows a queue in both and falls silent in the second, and one that never answers.
    static var report: RunReport {
        var samples: [ServerSample] = []
        func ask(_ server: String, second: Int64) -> ServerSample {
            let at = FleetTime(micros: ReportFixture.start + second * 1_000_000 + 100_000)
            return ServerSample(server: server, at: at, everyMicros: 1_000_000, party: .inference)
        }
        for second in 0..<24 as Range<Int64> {
            var sample = ask("vllm", second: second)
            if second >= 18 {
                sample.failure = "connection refused"
            } else {
                sample.figures = [
                    ServerFigure("vllm:num_requests_waiting", .gauge, Double(second)),
                    ServerFigure("vllm:kv_cache_usage_perc", .gauge, 0.5), ServerFigure(hostile, .gauge, 1),
                ]
                sample.hasRestarted = second == 6
            }
            sample.absent = ["nothing"]
            var silent = ask("node", second: second)
            silent.failure = "its name has no address"
            samples += [sample, silent]
        }
        return ReportFixture.report(agents: [10, 20], servers: samples)
    }

    @Test func jsonHasEveryHold() throws {
        let servers = try #require(Self.report.json["servers"]?.array)
        #expect(servers.map { $0["name"]?.string } == ["vllm", "node"])
        let queue = try #require(servers[0]["series"]?.array?.first)
        #expect(queue["series"] == "vllm:num_requests_waiting" && queue["unit"] == "number" && queue["kind"] == "gauge")
        let holds = try #require(queue["holds"]?.array)
        #expect(holds.map { $0["stage"]?.string } == ["scaling_10", "scaling_20"])
        // The first hold is the seconds 2 to 11, the second 14 to 23, of which four were shown.
        #expect(holds[0]["mean"]?.number == 6.5 && holds[0]["max"]?.number == 11)
        #expect(abs(try #require(holds[0]["rise"]?.number) - 9) < 1e-9)
        #expect(holds[1]["samples"] == 4 && holds[1]["last"]?.number == 17)
        #expect(servers[0]["absent"] == ["nothing"] && servers[0]["restarts"]?.array?.count == 1)
        #expect(servers[1]["series"] == [])
    }

    @Test func whatWasNotShownIsSaid() throws {
        let notes = Self.report.tables.servers.flatMap(\.notes)
        #expect(notes.contains("vllm: no figures for 6 of 10 s: connection refused in the hold of scaling_20."))
        #expect(notes.contains("node: no figures for 10 of 10 s: its name has no address in the hold of scaling_10."))
        #expect(notes.contains { $0.hasPrefix("vllm restarted at 2023-11-14T22:13:26.100Z: its counters began anew") })
        #expect(notes.contains("vllm does not show nothing."))
        let terminal = VerdictTable(Self.report).text
        #expect(terminal.contains("vllm: no figures for 6 of 10 s: connection refused"))
    }

    @Test func tablesShowTheLargestHold() {
        let terminal = VerdictTable(Self.report).text
        #expect(terminal.contains("Servers' own figures in the hold of scaling_20"))
        #expect(terminal.split(separator: "\n").contains { $0.hasPrefix("vllm") && $0.contains("50.0 %") })
        let markdown = MarkdownReport(Self.report).text
        #expect(markdown.contains("| vllm | `vllm:num_requests_waiting` | 15.50 | 14 | 17 | 17 | +3 |"), "\(markdown)")
    }

    @Test func csvHasEveryPoint() throws {
        let rows = CSVTable.servers.text(Self.report).split(separator: "\r\n").map(String.init)
        #expect(rows[0] == "time,second,seconds,server,series,kind,unit,value,min,max")
        #expect(
            rows[1] == "2023-11-14T22:13:20.000Z,1700000000,1,vllm,vllm:num_requests_waiting,gauge,number,0.0,0.0,0.0"
        )
        #expect(rows.count == 1 + 3 * 18)
        #expect(CSVTable.servers.text(ReportFixture.report()).split(separator: "\r\n").count == 1)
    }

    @Test func htmlHasAChartForEachSeriesWithItsGap() {
        let html = HTMLReport(ReportFixture.withTimelines(Self.report)).text
        #expect(html.contains("<h2>Servers</h2>") && html.contains("vllm: vllm:num_requests_waiting"))
        #expect(!html.contains("<b>\\u{1B}") && !html.contains("\u{1B}"))
        #expect(!HTMLReport(ReportFixture.withTimelines()).text.contains("<h2>Servers</h2>"))
    }

    @Test func aRunWithoutServersSaysNothingOfThem() {
        #expect(ReportFixture.report().json["servers"] == [])
        #expect(!VerdictTable(ReportFixture.report()).text.contains("Servers"))
    }
}
