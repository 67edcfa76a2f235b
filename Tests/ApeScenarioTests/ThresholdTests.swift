import Testing

@testable import ApeCore
@testable import ApeScenario

@Suite struct ThresholdTests {
    @Test func readsEveryPart() throws {
        let condition = try ThresholdCondition(" p99.9( target { route = POST /api/{id}/a,b , stage=peak } )<=1.5s ")
        #expect(condition.text == "p99.9( target { route = POST /api/{id}/a,b , stage=peak } )<=1.5s")
        #expect(condition.statistic == .percentile(99.9) && condition.name == "target")
        #expect(condition.filters.map(\.label) == ["route", "stage"])
        #expect(condition.filters.map(\.value) == ["POST /api/{id}/a,b", "peak"])
        #expect(condition.comparison == .atMost && condition.limit == .duration(micros: 1_500_000))
        #expect(try ThresholdCondition("count(actions) >= 10").limit == .number(10))
        #expect(try ThresholdCondition("share(sessions_failed{goal=\"a, b=c\"}) < 2 %").value(of: "goal") == "a, b=c")
        #expect(try ThresholdCondition("rate(actions) > 30 / m").limit == .perMinute(30))
        #expect(try ThresholdCondition("mean(gap) < 1m30s").limit == .duration(micros: 90_000_000))
    }

    @Test(arguments: [
        ("", "column 1: a condition begins with a statistic"), ("p95", "column 4: `(` is missing"),
        ("avg(ttft) < 1s", "column 1: no statistic is called avg; did you mean `mean`?"),
        ("p101(ttft) < 1s", "column 1: no statistic is called p101"),
        ("p0(ttft) < 1s", "no statistic is called p0"), ("p9x(ttft) < 1s", "no statistic is called p9x"),
        ("p95() < 1s", "column 5: a series or counter is missing"),
        ("p95(ttft < 1s", "column 10: `)` is missing after the name"),
        ("p95(target{route=GET /x) < 1s", "`}` is missing"),
        ("p95(target{route}) < 1s", "column 12: a label is written as LABEL=VALUE"),
        ("p95(target{route=}) < 1s", "column 18: the label has no value"),
        ("p95(target{route=a, route=b}) < 1s", "column 21: the label route stands twice"),
        ("p95(target{route=\"a) < 1s", "`\"` is missing"),
        ("p95(ttft) 1s", "column 11: a comparison is missing"), ("p95(ttft) == 1s", "column 11: `==` is no comparison"),
        ("p95(ttft) <", "the limit is missing: a duration"), ("p95(ttft) < 500", "`500` is no limit of it: a duration"),
        ("p95(ttft) < 2%", "a duration with its unit"), ("share(actions) < 2", "a percentage from 0% to 100%"),
        ("share(actions) < 200%", "a percentage"), ("rate(actions) < 5", "a number in a second"),
        ("rate(actions) < 5/d", "a number in a second"), ("count(actions) < 5s", "a number without a unit"),
        ("count(actions) < 1e400", "a number without a unit"), ("count(actions) < -1", "a number without a unit"),
        ("p95(ttft) < 999999999h", "a duration"), ("p95(ttft) < 1s in every 0s", "column 25: `in every 0s` is no time"),
        ("p95(ttft) < 1s after 1.5s", "`after 1.5s` is no time of whole seconds"),
    ])
    func tellsWhatIsWrong(text: String, message: String) {
        do throws(ThresholdMistake) {
            _ = try Threshold(text)
            Issue.record("\(text) was read")
        } catch {
            #expect(error.description.contains(message), "\(error.description)")
        }
    }

    @Test func aLineSaysHowItIsJudged() throws {
        let line = "rate(actions{status=5xx}) < 1/s in every 30s after 10s abort"
        let threshold = try Threshold(line)
        #expect(threshold.windowMicros == 30_000_000 && threshold.afterMicros == 10_000_000 && threshold.aborts)
        #expect(threshold.condition.text == "rate(actions{status=5xx}) < 1/s")
        #expect(threshold.text == "rate(actions{status=5xx}) < 1/s in every 30s after 10s")
        #expect(try Threshold(threshold.text + " abort") == threshold)
        #expect(try Threshold("mean(gap) < 1s after 5s").windowMicros == nil)
    }

    /// Nothing that stands in a line may trap.
    @Test func anythingIsReadOrRefused() {
        var random = SeededRandom(seed: 7)
        let parts = [
            "p95", "(", ")", "{", "}", "=", ",", "<", ">=", "ttft", "route", " ", "\"", "1s", "%", "/s", "in every",
            "after", "abort", "9", ".", "é", "\u{301}", "{{", "99999999999999999999",
        ]
        for _ in 0..<3_000 {
            let text = (0..<Int(random.next() % 14)).map { _ in parts[Int(random.next() % UInt64(parts.count))] }
                .joined()
            guard let threshold = try? Threshold(text) else { continue }
            #expect((try? Threshold(threshold.text))?.text == threshold.text)
        }
    }

    private static func scenario(_ thresholds: String) throws -> ReadScenario {
        let text = """
            targets: {shop: "http://127.0.0.1:1"}
            goals: {look: {script: [GET /api/products]}}
            \(thresholds)
            """
        return try Scenario.read(Array(text.utf8), file: "t.yml") { _ in [] }
    }

    @Test func aScenarioHasThem() throws {
        let read = try Self.scenario(
            """
            thresholds:
              - p95(target{route=POST /api/checkout}) < 500ms
              - {when: rate(actions{status=5xx}) < 1/s, window: 30s, after: 10s, abort: true}
              - { window: 5, when: "share(sessions_failed{goal=look}) < 2%" }
              - when: mean(gap) < 1s
                abort: true
              - max(session) < 9s in every 60s
            """
        )
        let thresholds = read.scenario.thresholds
        #expect(
            thresholds.map(\.text) == [
                "p95(target{route=POST /api/checkout}) < 500ms",
                "rate(actions{status=5xx}) < 1/s in every 30s after 10s",
                "share(sessions_failed{goal=look}) < 2% in every 5s", "mean(gap) < 1s",
                "max(session) < 9s in every 1m",
            ]
        )
        #expect(thresholds.map(\.aborts) == [false, true, false, true, false])
        #expect(thresholds.map(\.line) == [4, 5, 6, 7, 9])
        #expect(try Scenario(document: read.scenario.document).thresholds == thresholds)
        let sent = try read.scenario.wireDocument()
        #expect(sent["thresholds"] == nil && sent["goals"] != nil)
    }

    @Test(arguments: [
        ("thresholds: [p95(ttft) < 2]", "t.yml:3:14: thresholds[0]: column 13: `2` is no limit"),
        ("thresholds: 5", "thresholds: must be a list"), ("thresholds: [5]", "thresholds[0]: column 1: no statistic"),
        ("thresholds: [{window: 5s}]", "thresholds[0]: `when` is missing"),
        ("thresholds: [{when: mean(gap) < 1s, windw: 5s}]", "did you mean `window`?"),
        ("thresholds: [{when: mean(gap) < 1s, window: 1.5s}]", "must be whole seconds"),
        ("thresholds: [mean(gap) < 1s, mean(gap) < 1s]", "thresholds[1]: stands twice"),
    ])
    func aScenariosMistakesAreTold(text: String, message: String) {
        let error = #expect(throws: ApeError.self) { try Self.scenario(text) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        ("- {when: a{b=c} < 1, window: 2s}", "- {when: 'a{b=c} < 1', window: 2s}"),
        (
            "- {window: 2s, when:  p95(t{r=GET /{id}, s=2}) < 1s }",
            "- {window: 2s, when:  'p95(t{r=GET /{id}, s=2}) < 1s' }"
        ),
        ("- {when: it's(a{b=c}) < 1}", "- {when: 'it''s(a{b=c}) < 1'}"),
        ("- {when: \"a{b=c}\", window: 2s}", "- {when: \"a{b=c}\", window: 2s}"),
        ("- when: a{b=c} < 1", "- when: a{b=c} < 1"), ("- {when: a{b=c} < 1", "- {when: a{b=c} < 1"),
    ])
    func conditionsInBracesAreQuoted(line: String, quoted: String) {
        let text = FlowConditions.quoted(Array("a\r\n\(line)\nb".utf8))
        #expect(String(decoding: text, as: UTF8.self) == "a\r\n\(quoted)\nb")
    }
}
