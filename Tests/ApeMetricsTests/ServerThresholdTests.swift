import ApeCore
import Testing

@testable import ApeMetrics

/// Thresholds on servers' own figures, as they are read and held against the scenario.
@Suite struct ServerThresholdTests {
    private static func source(_ text: String) throws -> ServerSource {
        guard case .server(let source) = try ThresholdCatalogue.quantity(of: ThresholdCondition(text)) else {
            throw ApeError(.usage, "no server")
        }
        return source
    }

    @Test func labelsSayWhichFigure() throws {
        let named = try Self.source("max(server{name=vllm, series=vllm:num_requests_waiting}) < 40")
        #expect(named.server == "vllm" && named.series == "vllm:num_requests_waiting")
        let narrowed = try Self.source(#"mean(server{series=q{b="2",a="1"}, stage=peak}) < 40"#)
        #expect(narrowed.server == nil && narrowed.series == #"q{a="1",b="2"}"#)
        #expect(narrowed.takes(ServerFigure(#"q{a="1",b="2"}"#, .gauge, 1), of: "any"))
        #expect(!named.takes(ServerFigure("vllm:num_requests_waiting", .gauge, 1), of: "other"))
    }

    @Test(arguments: [
        ("max(server{series=a_ratio}) < 90%", 0.5, 50.0), ("max(server{series=a_ratio}) < 0.9", 0.5, 0.5),
        ("max(server{series=a_total}) < 20/s", 2, 2), ("max(server{series=a_total}) < 20/m", 2, 120),
        ("max(server{series=a_total}) < 20/h", 2, 7_200), ("max(server{series=a_seconds}) < 500ms", 0.25, 0.25),
        ("max(server{series=a_bytes}) < 4GiB", 1e9, 1e9), ("max(server{series=a_percent}) < 40%", 30, 30),
        ("max(server{series=process_cpu_seconds_total}) < 80%", 0.5, 50),
    ])
    func figuresComeInTheLimitsUnit(text: String, value: Double, expected: Double) throws {
        let source = try Self.source(text)
        let kind: ServerFigure.Kind = text.contains("_total") ? .rate : .gauge
        #expect(source.value(of: ServerFigure(source.series, kind, value)) == expected)
    }

    @Test(arguments: [
        ("max(server) < 4", "name the series"), ("max(server{name=a}) < 4", "name the series"),
        ("count(server{series=q}) < 4", "ask its mean, min, max or p95"),
        ("rate(server{series=q}) < 4/s", "ask its mean, min, max or p95"),
        ("max(server{serie=q}) < 4", "has no label serie; did you mean `series`?"),
        ("max(server{series=a b}) < 4", "is no series"),
        ("max(server{series=a_seconds}) < 4", "write a limit such as 500ms"),
        ("max(server{series=a_bytes}) < 4s", "write a limit such as 4GiB"),
        ("max(server{series=a_ratio}) < 40", "write a limit such as 0.9 or 90%"),
        ("max(server{series=a_total}) < 4s", "write a limit such as 20/s"),
        ("max(servr{series=q}) < 4s", "did you mean `server`?"),
        ("max(server{series=q}) < x", "such as 40, 500ms, 90%"),
        ("max(server{series=q}) <", "the limit is missing: a number"),
    ])
    func mistakesAreTold(text: String, words: String) {
        let mistake = #expect(throws: ThresholdMistake.self) { try Self.source(text) }
        #expect(mistake?.description.contains(words) == true, "\(mistake?.description ?? "")")
    }

    private static func check(_ text: String, _ servers: ScrapeTarget...) throws {
        let goal = Goal(name: "buy", mode: .script([ScriptStep(method: "GET", path: "/")]))
        var scenario = Scenario(name: "s", targets: [], inference: nil, goals: [goal])
        scenario.scrape = servers
        let stage = Stage(name: "peak", agents: 5, rampMicros: 0, warmupMicros: 0, holdMicros: 60_000_000)
        _ = try ThresholdCheck(scenario, plan: Plan(stages: [stage])).warnings(on: Threshold(text))
    }

    private static func server(_ name: String, _ series: [String] = [], every: Int64 = 1) -> ScrapeTarget {
        var target = ScrapeTarget(name: name, url: "http://h/m")
        target.series = series.map { SeriesSelector(name: $0) }
        target.everyMicros = every * 1_000_000
        return target
    }

    @Test func theScenarioMustAskTheServer() throws {
        try Self.check("max(server{series=q}) < 4", Self.server("a"))
        try Self.check("max(server{name=a, series=q}) < 4", Self.server("a", ["q", "r"]), Self.server("b"))
        try Self.check("max(server{series=w_seconds_count}) < 4/s", Self.server("a", ["w_seconds"]))
        func mistake(_ text: String, _ servers: ScrapeTarget...) -> String {
            do throws(any Error) {
                if servers.count == 2 { try Self.check(text, servers[0], servers[1]) }
                if servers.count == 1 { try Self.check(text, servers[0]) }
                if servers.isEmpty { try Self.check(text) }
                return ""
            } catch {
                return (error as? ThresholdMistake)?.description ?? ""
            }
        }
        #expect(mistake("max(server{series=q}) < 4").contains("no server is asked: name it under `scrape`"))
        #expect(mistake("max(server{series=q}) < 4", Self.server("a"), Self.server("b")).contains("known are a, b"))
        #expect(
            mistake("max(server{name=vlm, series=q}) < 4", Self.server("vllm")).contains(
                "no server is called vlm; did you mean `vllm`?"
            )
        )
        #expect(
            mistake("max(server{name=a, series=quee}) < 4", Self.server("a", ["queue"]))
                .contains("a is not asked for quee; did you mean `queue`?; add it to its `series`")
        )
        #expect(
            mistake("max(server{series=q}) < 4 in every 2s", Self.server("a", every: 5))
                .contains("a is asked every 5s: a window cannot be shorter")
        )
    }
}
