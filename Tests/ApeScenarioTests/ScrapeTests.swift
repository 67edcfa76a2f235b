import Testing

@testable import ApeCore

/// Servers whose figures go with a run, as a scenario names them.
@Suite struct ScrapeTests {
    private static func read(_ scrape: String) throws -> [ScrapeTarget] {
        try ScenarioSamples.read(ScenarioSamples.least + "\nscrape: \(scrape)\n").scenario.scrape
    }

    private static func problems(_ scrape: String) -> String {
        ScenarioSamples.problems(ScenarioSamples.least + "\nscrape: \(scrape)\n").joined(separator: "\n")
    }

    @Test func theLeastHasItsDefaults() throws {
        let target = try #require(try Self.read("[{name: vllm, url: \"http://h:8000/metrics\"}]").first)
        #expect(target == ScrapeTarget(name: "vllm", url: "http://h:8000/metrics"))
        #expect(target.everyMicros == 1_000_000 && target.waitMicros == 900_000)
        #expect(target.series.isEmpty && target.party == nil)
    }

    @Test func longTurnsWaitForFiveSecondsAtMost() throws {
        let target = try #require(try Self.read("[{name: a, url: \"http://h/m?collect=cpu\", every: 30s}]").first)
        #expect(target.waitMicros == 5_000_000)
        #expect(target.url == "http://h/m?collect=cpu")
    }

    @Test(arguments: [
        ("[{url: \"http://h/m\"}]", "`name` is missing"), ("[{name: a}]", "`url` is missing"),
        ("[{name: a, url: h}]", "scrape[0].url"), ("[{name: \"a b\", url: \"http://h/m\"}]", "is no name"),
        ("[{name: a, url: \"http://h/m\", evry: 2s}]", "did you mean `every`?"),
        ("[{name: a, url: \"http://h/m\", every: 100ms}]", "from 1s to 1m"),
        ("[{name: a, url: \"http://h/m\", every: 1.5s}]", "whole seconds"),
        ("[{name: a, url: \"http://h/m\", timeout: 1s}]", "`timeout` is not less than `every`"),
        ("[{name: a, url: \"http://h/m\", series: []}]", "is empty"),
        ("[{name: a, url: \"http://h/m\", series: [q, q]}]", "stands twice"),
        ("[{name: a, url: \"http://h/m\", series: [\"a-b\"]}]", "scrape[0].series[0]: is no series"),
        ("[{name: a, url: \"http://h/m\", series: [\"q{a!=b}\"]}]", "only = is read"),
        ("[{name: a, url: \"http://h/m\", series: [\"q{a=\\\"b\\\"\"]}]", "do not end"),
        ("[{name: a, url: \"http://h/m\", party: harness}]", "must be one of inference, target"),
        ("[{name: a, url: \"http://h/m\"}, {name: a, url: \"http://h/n\"}]", "another server is called a"),
        ("[{name: a, url: \"http://h/m\", headers: {Authorization: \"Bearer x\"}}]", "`token_env`"),
        ("[{name: a, url: \"http://u:p@h/m\"}]", "`token_env`"),
        ("[{name: a, url: \"http://h/m\", token_env: T, token_file: /t}]", "leave one out"),
        ("{name: a}", "must be a list"),
    ])
    func mistakesAreToldWithTheWayOut(scrape: String, words: String) {
        #expect(Self.problems(scrape).contains(words), "\(Self.problems(scrape))")
    }

    @Test func serversAndSeriesAreBounded() {
        let servers = (0...ScrapeTarget.maximumNumber).map { "{name: s\($0), url: \"http://h/m\"}" }
        #expect(Self.problems("[\(servers.joined(separator: ", "))]").contains("at most 16"))
        let series = (0...ScrapeTarget.maximumSeries).map { "s\($0)" }.joined(separator: ", ")
        #expect(Self.problems("[{name: a, url: \"http://h/m\", series: [\(series)]}]").contains("at most 32"))
    }

    /// Workers ask no server, so they are told of none.
    @Test func workersAreNotToldOfThem() throws {
        let scenario = try ScenarioSamples.read(ScenarioSamples.full).scenario
        #expect(!scenario.scrape.isEmpty && scenario.document["scrape"] != nil)
        #expect(try scenario.wireDocument()["scrape"] == nil)
        #expect(!scenario.secrets.contains { $0.source == .environment(name: "SCRAPE_TOKEN") })
    }

    @Test(arguments: [
        ("a:b_c", "a:b_c"), ("q{ b = \"2\" , a=\"1\" }", "q{a=\"1\",b=\"2\"}"), ("q{}", "q"), ("q{a=b}", "q{a=\"b\"}"),
        (#"q{a="x\"y\\z\n"}"#, #"q{a="x\"y\\z\n"}"#), ("q{a=\"b\",}", "q{a=\"b\"}"),
    ])
    func selectorsAreWrittenInOneForm(text: String, form: String) throws {
        let selector = try SeriesSelector(text)
        #expect(selector.text == form)
        #expect(try SeriesSelector(selector.text) == selector)
    }

    @Test(arguments: [
        "", "1a", "a b", "a{", "a{b", "a{b=", "a{b=\"c", "a{b=\"c\"}x", "a{b=\"c\" d=\"e\"}", "a{=\"c\"}",
    ])
    func whatIsNoSelectorIsTold(text: String) {
        #expect(throws: ApeError.self) { try SeriesSelector(text) }
    }
}
