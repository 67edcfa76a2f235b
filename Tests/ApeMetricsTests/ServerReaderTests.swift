import ApeCore
import Foundation
import Testing

@testable import ApeMetrics

/// What figures are made of a server's pages.
@Suite struct ServerReaderTests {
    private static func page(_ text: String) throws -> MetricsPage { try MetricsPage(Array(text.utf8)) }

    /// The figures of the last of some pages that are a second apart.
    private static func figures(_ series: [String], _ pages: String...) throws -> [ServerFigure] {
        try reading(series, pages).figures
    }

    private static func reading(_ series: [String], _ pages: [String]) throws -> ServerReader.Reading {
        var reader = ServerReader(try series.map { text throws(ApeError) in try SeriesSelector(text) })
        var last = ServerReader.Reading()
        for (second, text) in pages.enumerated() {
            last = reader.read(try page(text), atMicros: Int64(second) * 1_000_000)
        }
        return last
    }

    @Test func gaugesAreAddedUpOverLabels() throws {
        let text = "# TYPE q gauge\nq{engine=\"0\"} 3\nq{engine=\"1\"} 4\nq{engine=\"2\"} NaN\n"
        #expect(try Self.figures(["q"], text) == [ServerFigure("q", .gauge, 7)])
        #expect(try Self.figures([#"q{engine="1"}"#], text) == [ServerFigure(#"q{engine="1"}"#, .gauge, 4)])
    }

    @Test func ofPartsOfAWholeTheGreatestIsTaken() throws {
        let text = "kv_cache_usage_perc{e=\"0\"} 0.25\nkv_cache_usage_perc{e=\"1\"} 0.75\n"
        #expect(try Self.figures(["kv_cache_usage_perc"], text) == [ServerFigure("kv_cache_usage_perc", .gauge, 0.75)])
    }

    @Test func countersAreRates() throws {
        #expect(try Self.figures(["t_total"], "t_total 100\n").isEmpty)
        let pages = ["t_total{a=\"1\"} 100\n", "t_total{a=\"1\"} 130\nt_total{a=\"2\"} 5\n"]
        // A label set that is new counts from 0.
        #expect(try Self.figures(["t_total"], pages[0], pages[1]) == [ServerFigure("t_total", .rate, 35)])
        let typed = ["# TYPE n counter\nn 1\n", "# TYPE n counter\nn 4\n"]
        #expect(try Self.figures(["n"], typed[0], typed[1]) == [ServerFigure("n", .rate, 3)])
    }

    @Test func aCounterThatBeginsAnewIsNoRate() throws {
        let reading = try Self.reading(["t_total"], ["t_total 100\n", "t_total 3\n"])
        #expect(reading.hasRestarted && reading.figures.isEmpty)
        #expect(reading.absent.isEmpty)
        let after = try Self.reading(["t_total"], ["t_total 100\n", "t_total 3\n", "t_total 9\n"])
        #expect(after.figures == [ServerFigure("t_total", .rate, 6)])
        #expect(!after.hasRestarted)
    }

    @Test func histogramsAreMeansAndRates() throws {
        func text(_ sum: Int, _ count: Int) -> String {
            "# TYPE w_seconds histogram\nw_seconds_bucket{le=\"+Inf\"} \(count)\nw_seconds_sum \(sum)\nw_seconds_count \(count)\n"
        }
        let found = try Self.figures(["w_seconds"], text(10, 5), text(16, 9))
        #expect(found == [ServerFigure("w_seconds", .mean, 1.5), ServerFigure("w_seconds_count", .rate, 4)])
        #expect(found.map(\.unit) == [.seconds, .perSecond])
        // Where nothing came there is no mean, and it is not 0.
        #expect(
            try Self.figures(["w_seconds"], text(10, 5), text(10, 5)) == [ServerFigure("w_seconds_count", .rate, 0)]
        )
    }

    @Test func ofASummaryWithQuantilesTheMeanIsTaken() throws {
        func text(_ sum: Int, _ count: Int) -> String {
            "# TYPE w summary\nw{quantile=\"0.5\"} NaN\nw_sum \(sum)\nw_count \(count)\n"
        }
        #expect(try Self.figures(["w"], text(0, 0), text(6, 3)).first == ServerFigure("w", .mean, 2))
    }

    @Test func theBusyShareOfCPUsIsMadeOfAllModes() throws {
        func text(_ idle: Double, _ user: Double) -> String {
            """
            node_cpu_seconds_total{cpu="0",mode="idle"} \(idle)
            node_cpu_seconds_total{cpu="0",mode="iowait"} 1
            node_cpu_seconds_total{cpu="0",mode="user"} \(user)
            node_load1 0.5

            """
        }
        let found = try Self.figures([], text(100, 50), text(100.25, 50.75))
        #expect(found == [ServerFigure("node_cpu_busy_ratio", .gauge, 0.75), ServerFigure("node_load1", .gauge, 0.5)])
        #expect(found[0].unit == .ratio)
    }

    @Test func aKnownKindOfServerNeedsNoSeries() throws {
        let text = "vllm:num_requests_waiting 4\nvllm:num_requests_running 8\nvllm:prompt_tokens_total 9\nother 1\n"
        let reading = try Self.reading([], [text, text])
        #expect(
            reading.figures.map(\.series)
                == ["vllm:num_requests_waiting", "vllm:num_requests_running", "vllm:prompt_tokens_total"]
        )
        #expect(reading.party == .inference)
        // What such a server may not have is not missed.
        #expect(reading.absent.isEmpty)
    }

    @Test func whatIsNotShownIsTold() throws {
        #expect(try Self.reading(["nothing", "q"], ["q 1\n"]).absent == ["nothing"])
        #expect(try Self.reading([#"q{a="b"}"#], ["q 1\n"]).absent == [#"q{a="b"}"#])
    }

    @Test(arguments: [
        ("a_seconds", ServerFigure.Kind.gauge, ServerUnit.seconds), ("a_bytes", .gauge, .bytes),
        ("a_ratio", .gauge, .ratio), ("a_total", .rate, .perSecond), ("a_seconds_total", .rate, .secondsPerSecond),
        ("a_bytes_total", .rate, .bytesPerSecond), ("a", .gauge, .number), ("a_percent", .gauge, .percent),
        ("llamacpp:predicted_tokens_seconds", .gauge, .perSecond), (#"a_seconds{x="y_bytes"}"#, .gauge, .seconds),
        ("tgi_request_queue_duration", .mean, .seconds),
    ])
    func theNameTellsTheUnit(series: String, kind: ServerFigure.Kind, unit: ServerUnit) {
        #expect(ServerUnit(of: series, kind) == unit)
    }

    @Test func figuresAreWordsForPeople() {
        #expect(ServerUnit.ratio.text(0.5) == "50.0 %")
        #expect(ServerUnit.bytes.text(3 * 1_073_741_824) == "3.0 GiB")
        #expect(ServerUnit.number.text(12) == "12")
        #expect(ServerUnit.seconds.text(0.25) == "0.250 s")
        #expect(ServerUnit.perSecond.text(250) == "250/s")
    }

    @Test func theGuideListsWhatIsTaken() throws {
        let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/servers.md")
        let text = try String(contentsOf: docs, encoding: .utf8)
        for preset in ServerPreset.all {
            let series = preset.entries.map { "`\($0.series)` (\($0.words))" }.joined(separator: ", ")
            let row = ["", preset.name, preset.party?.rawValue ?? "", series, ""].joined(separator: " | ")
                .replacing(" |  | ", with: " | | ").trimmingCharacters(in: .whitespaces)
            #expect(text.contains(row), "\(row)")
        }
        let all = ServerPreset.all.flatMap { $0.entries.map(\.series) }
        #expect(Set(all).count == all.count)
    }
}
