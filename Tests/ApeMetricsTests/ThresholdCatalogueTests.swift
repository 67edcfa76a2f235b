import ApeCore
import Testing

@testable import ApeMetrics

@Suite struct ThresholdCatalogueTests {
    private static func quantity(_ text: String) throws -> ThresholdQuantity {
        try ThresholdCatalogue.quantity(of: ThresholdCondition(text))
    }

    @Test func everyNameOfTheContractCanBeAsked() throws {
        let families = CounterFamily.all + GapLabel.allCases.flatMap(\.families)
        for name in Set(SeriesName.all.map(\.rawValue) + SeriesFamily.all.map(\.name)) {
            _ = try Self.quantity("p95(\(name)) < 1s")
        }
        for name in Set(CounterName.all.map(\.rawValue) + families.map(\.name)) {
            _ = try Self.quantity(name.hasSuffix("_us") ? "share(\(name)) < 1%" : "count(\(name)) < 1")
        }
    }

    @Test(arguments: [
        ("p95(tfft) < 1s", "column 5: no series or counter is called tfft; did you mean `ttft`?"),
        ("p95(actions) < 1s", "actions is a counter: ask its count, rate or share"),
        ("count(ttft) < 1", "ttft is a series: ask its mean, min, max or p95"),
        ("p95(ttft{route=x}) < 1s", "column 10: ttft has no label route; known are stage"),
        ("p95(target{rout=x}) < 1s", "target has no label rout; did you mean `route`?"),
        ("count(actions{status=5x}) < 1", "actions has no status 5x; did you mean `5xx`?"),
        ("count(actions{status=503}) < 1", "one status is counted in route_errors{status=503}"),
        ("p95(target{outcome=ok}) < 1s", "target has no outcome ok"),
        ("count(sessions_failed{party=me}) < 1", "has no party me"),
        ("share(decisions) < 1%", "decisions is no part of anything else: ask its count or rate"),
        ("rate(time_us{part=think}) < 1/s", "is a sum of times: ask its share"),
        ("p95(gap{goal=buy}) < 1s", "of one goal or one route gap has a mean only"),
        ("mean(gap{goal=buy, route=x}) < 1s", "has a mean only"),
    ])
    func tellsWhatIsWrong(text: String, message: String) {
        let mistake = #expect(throws: ThresholdMistake.self) { try Self.quantity(text) }
        #expect(mistake?.description.contains(message) == true, "\(mistake?.description ?? "")")
    }

    private static func histogram(_ values: Int64...) -> Histogram {
        values.reduce(into: Histogram()) { $0.record($1) }
    }

    private static func durations(_ text: String, _ series: [SeriesName: Histogram], limit: Int64?) throws -> Histogram
    {
        guard case .durations(let source) = try quantity(text) else { throw ApeError(.usage, "no durations") }
        return source.durations(in: series, limitMicros: limit)
    }

    /// Fast errors flatter nobody; what did not come in time is evidence.
    @Test func failuresCountWhereTheyTookLongerThanTheLimit() throws {
        let series: [SeriesName: Histogram] = [
            .target(route: "GET /a"): Self.histogram(100, 200, 1, 30_000_000),
            SeriesFamily.failedRoute["GET /a"]: Self.histogram(1, 30_000_000),
            .target(route: "GET /b"): Self.histogram(400), .target: Self.histogram(7, 7, 7),
        ]
        let one = try Self.durations("p95(target{route=GET /a}) < 1s", series, limit: 1_000_000)
        #expect(one.count == 3 && one.minMicros == 100 && one.percentile(100).map { $0 > 29_900_000 } == true)
        #expect(try Self.durations("p95(target{route=GET /a}) > 1s", series, limit: nil).count == 2)
        #expect(try Self.durations("p95(target) < 1s", series, limit: 1_000_000).count == 4)
        #expect(try Self.durations("p95(target{outcome=all}) < 1s", series, limit: 1_000_000).count == 5)
        #expect(try Self.durations("p95(target{outcome=failed}) < 1s", series, limit: 1_000_000).count == 2)
        #expect(try Self.durations("p95(target{route=GET /c}) < 1s", series, limit: 1).isEmpty)
    }

    @Test func aSessionThatNeverEndedIsLongerThanAnyLimit() throws {
        let series: [SeriesName: Histogram] = [
            .session: Self.histogram(500), .sessionUnanswered: Self.histogram(0, 9_000_000),
        ]
        let sessions = try Self.durations("p95(session) < 2s", series, limit: 2_000_000)
        #expect(sessions.count == 3 && sessions.buckets.count == 3)
        #expect(sessions.share(upTo: 2_000_000) == 1.0 / 3)
        #expect(try Self.durations("p95(session{outcome=successful}) < 2s", series, limit: 2_000_000).isEmpty)
    }

    private static func window(_ counters: [CounterName: Int64]) -> Window {
        Window(
            run: "r",
            seq: 1,
            stage: 0,
            revision: 1,
            phase: .hold,
            startMicros: 0,
            endMicros: 1,
            assigned: 1,
            active: 1,
            counters: counters
        )
    }

    @Test(arguments: [
        ("share(sessions_failed) < 1%", 3, 13), ("share(sessions_failed{goal=buy}) < 1%", 2, 10),
        ("share(sessions_failed{reason=target_5xx}) < 1%", 2, 13),
        ("share(sessions_failed{party=target}) < 1%", 3, 13),
        ("count(sessions_failed{status=503, route=GET /a, goal=buy}) < 1", 2, 10),
        ("share(actions{status=5xx}) < 1%", 4, 100), ("count(actions) < 1", 100, 100),
        ("share(route_errors{route=GET /a, status=503}) < 1%", 4, 80), ("share(route_errors) < 1%", 6, 120),
        ("count(route_errors{reason=timeout}) < 1", 2, 120), ("share(sessions_succeeded{goal=buy}) > 1%", 8, 10),
        ("share(tokens_cached) > 1%", 5, 50), ("share(time_us{part=think}) < 1%", 25, 100),
    ])
    func countersAreReadWithTheirWhole(text: String, number: Int64, whole: Int64) throws {
        let window = Self.window([
            .sessionsSucceeded: 10, CounterFamily.sessionsFailed["target_5xx"]: 2,
            CounterFamily.sessionsFailed["target_timeout"]: 1, CounterFamily.goalSessionsSucceeded["buy"]: 8,
            CounterFamily.goalSessionsFailed["buy"]: 2, CounterFamily.goalSessionsFailed["look"]: 1,
            CounterFamily.sessionFailures["target_5xx 503 GET /a buy"]: 2,
            CounterFamily.sessionFailures["target_timeout - GET /b look"]: 1, .actions(.successful): 96,
            .actions(.serverError): 4, CounterFamily.routeRequests["GET /a"]: 80,
            CounterFamily.routeRequests["GET /b"]: 40, CounterFamily.routeErrors["GET /a 503 target"]: 4,
            CounterFamily.routeErrors["GET /b timeout target"]: 2, .tokensIn: 50, .tokensCached: 5,
            CounterFamily.agentTime["think"]: 25, CounterFamily.agentTime["target"]: 75,
        ])
        guard case .number(let part, let all) = try Self.quantity(text) else { throw ApeError(.usage, "no number") }
        #expect(part.number(in: window) == number)
        #expect(all?.number(in: window) == whole)
    }

    private static func scenario(prompt: Bool = false) -> Scenario {
        var target = Scenario.Target(name: "shop", baseURL: "http://127.0.0.1:1")
        target.endpoints = [Scenario.Endpoint(method: "GET", path: "/api/products/{id}")]
        let steps = [
            ScriptStep(method: "GET", path: "/api/products/7"), ScriptStep(method: "POST", path: "/cart/{{cart}}?x=1"),
        ]
        let goal = Goal(name: "buy", mode: prompt ? .prompt("Buy") : .script(steps))
        return Scenario(name: "s", targets: [target], inference: nil, goals: [goal])
    }

    private static func warnings(_ text: String, prompt: Bool = false) throws -> [String] {
        let stage = Stage(name: "peak", agents: 5, rampMicros: 0, warmupMicros: 0, holdMicros: 60_000_000)
        return try ThresholdCheck(scenario(prompt: prompt), plan: Plan(stages: [stage])).warnings(on: Threshold(text))
    }

    @Test func whatNoGoalProducesIsTold() throws {
        #expect(try Self.warnings("p95(target{route=GET /api/products/{id}}) < 1s").isEmpty)
        #expect(try Self.warnings("p95(target{route=POST /cart/{cart}}) < 1s").isEmpty)
        #expect(
            try Self.warnings("p95(target{route=GET /api/product/{id}}) < 1s")
                == ["no endpoint or step is called GET /api/product/{id}; did you mean `GET /api/products/{id}`?"]
        )
        #expect(try Self.warnings("p95(ttft) < 1s").first?.contains("no model is asked") == true)
        #expect(try Self.warnings("p95(ttft) < 1s", prompt: true).isEmpty)
        #expect(try Self.warnings("count(sessions_failed{reason=target}) < 1").first?.contains("party=target") == true)
        #expect(try Self.warnings("p99(lateness) < 50ms").first?.contains("no stage has `sessions`") == true)
    }

    @Test(arguments: [
        ("count(sessions_failed{goal=by}) < 1", "no goal is called by; did you mean `buy`?"),
        ("p95(gap{stage=peek}) < 1s", "no stage is called peek; did you mean `peak`?"),
        ("p95(connect{peer=shp}) < 1s", "no target is called shp; did you mean `shop`?"),
        ("p95(gap) < 1s in every 61s", "needs a hold of 61s, and the longest has 1m"),
        ("p95(gap) < 1s after 60s", "needs a hold of 61s"),
    ])
    func whatCannotBeJudgedIsRefused(text: String, message: String) {
        let mistake = #expect(throws: ThresholdMistake.self) { try Self.warnings(text) }
        #expect(mistake?.description.contains(message) == true, "\(mistake?.description ?? "")")
    }
}
