import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

extension LedgerFixture {
    /// A server shows something in a second of a stage's hold, or fails to; negative seconds are the ramp's.
    @discardableResult
    mutating func show(
        _ server: String,
        stage: Int = 0,
        second: Int,
        _ figures: [ServerFigure] = [],
        every: Int64 = 1,
        failure: String? = nil,
        restarted: Bool = false
    ) -> [String] {
        var sample = ServerSample(
            server: server,
            at: FleetTime(micros: timeline(stage).holdStart.micros + Int64(second) * 1_000_000 + 100_000),
            everyMicros: every * 1_000_000,
            party: .inference
        )
        (sample.figures, sample.failure, sample.hasRestarted) = (figures, failure, restarted)
        return ledger.add(sample).map(\.message)
    }
}

/// What is kept and judged of servers' own figures.
@Suite struct ServerFigureTests: JudgesRuns {
    /// A healthy run of one stage, and a server whose queue has a value for each second of its hold; nil for no answer.
    private func fixture(_ threshold: String? = nil, _ queue: [Double?]) throws -> LedgerFixture {
        var fixture = LedgerFixture(
            agents: [10],
            holdSeconds: queue.count,
            thresholds: try threshold.map { [try Threshold($0)] } ?? []
        )
        fixture.run(stage: 0) { window, _, _ in LedgerFixture.healthy(&window) }
        for (second, value) in queue.enumerated() {
            let figures = value.map { [ServerFigure("q", .gauge, $0)] } ?? []
            fixture.show("vllm", second: second, figures, failure: value == nil ? "connection refused" : nil)
        }
        return fixture
    }

    private func verdict(_ threshold: String, _ queue: [Double?]) throws -> ThresholdVerdict {
        try #require(judged(try fixture(threshold, queue)).thresholds.first)
    }

    @Test func aHoldHasItsOwnFigures() throws {
        var fixture = try fixture(nil, [2, 4, 9, 1])
        fixture.show("vllm", second: -1, [ServerFigure("q", .gauge, 100)])
        let server = try #require(fixture.ledger.servers.servers.first)
        let hold = try #require(server.series.first?.holds[0])
        #expect(hold.figures.mean == 4 && hold.figures.least == 1 && hold.figures.greatest == 9)
        #expect(hold.figures.last == 1 && hold.figures.count == 4)
        #expect(server.silence(in: 0, held: 4) == nil)
    }

    @Test func theRiseIsThatOfAStraightLine() throws {
        let rising = try fixture(nil, [0, 2, 4, 6, 8]).ledger.servers.servers[0].series[0].holds[0]
        #expect(abs(try #require(rising?.rise) - 8) < 1e-9)
        let steady = try fixture(nil, [5, 5, 5, 5, 5, 5, 5, 5, 5, 6]).ledger.servers.servers[0].series[0].holds[0]
        #expect(try #require(steady?.rise) < 1)
        #expect(try fixture(nil, [5, 6]).ledger.servers.servers[0].series[0].holds[0]?.rise == nil)
    }

    @Test(arguments: [
        ("max(server{series=q}) < 9", 9.0, Verdict.Status.fail), ("max(server{series=q}) <= 9", 9, .pass),
        ("min(server{name=vllm, series=q}) > 1", 1, .fail), ("mean(server{series=q}) < 4.1", 4, .pass),
        ("mean(server{series=q}) < 240/m", 240, .fail), ("max(server{series=q}) < 901%", 900, .pass),
        ("max(server{series=q}) <= 9B", 9, .pass), ("max(server{series=q}) < 9s", 9, .fail),
    ])
    func thresholdsReadThem(threshold: String, value: Double, status: Verdict.Status) throws {
        let found = try verdict(threshold, [2, 4, 9, 1])
        #expect(found.measured == value, "\(found.details)")
        #expect(found.status == status, "\(found.details)")
        #expect(found.samples == 4)
    }

    @Test func aPercentileIsThatOfMoments() throws {
        let found = try verdict("p50(server{series=q}) <= 40", Array(repeating: 30, count: 6) + [90, 90, 90, 90])
        #expect(abs(try #require(found.measured) - 30) < 0.04)
        #expect(found.status == .pass)
    }

    @Test func valuesBelowZeroAreTheirOwn() throws {
        #expect(try verdict("max(server{series=q}) < 0", [-3, -2, -4]).measured == -2)
        #expect(try verdict("min(server{series=q}) > 0", [-3, -2, -4]).measured == -4)
    }

    @Test func sizesDoNotOverflow() throws {
        let found = try verdict("mean(server{series=q}) < 900GB", Array(repeating: 800e9, count: 100))
        #expect(found.measured == 800e9 && found.status == .pass)
    }

    @Test func everyStretchIsJudged() throws {
        let queue: [Double?] = [1, 1, 1, 50, 50, 1, 1, 1, 1, 1]
        let found = try verdict("mean(server{series=q}) < 40 in every 2s", queue)
        #expect(found.status == .fail && found.stretches?.failed == 1 && found.stretches?.judged == 9)
        #expect(found.measured == 50)
    }

    /// A dead server must be no pass, and no 0.
    @Test func missingFiguresAreInconclusive() throws {
        let half: [Double?] = Array(repeating: 5, count: 26) + Array(repeating: nil, count: 34)
        let found = try verdict("max(server{series=q}) < 40", half)
        #expect(found.status == .inconclusive && found.measured == 5)
        #expect(
            found.details.hasSuffix("vllm: no figures for 34 of 60 s: connection refused in the hold of s0."),
            "\(found.details)"
        )
        let none = try verdict("min(server{series=q}) > 40", Array(repeating: nil, count: 10))
        #expect(none.status == .inconclusive && none.measured == nil, "\(none.details)")
        // What is missing could not mend this.
        #expect(try verdict("max(server{series=q}) < 4", half).status == .fail)
        #expect(try verdict("mean(server{series=q}) < 4", half).status == .inconclusive)
        #expect(try verdict("mean(server{series=q}) < 4 in every 5s", half).status == .fail)
    }

    @Test func oneMissingAnswerIsNone() throws {
        #expect(try verdict("max(server{series=q}) < 40", [1, 2, nil, 3, 4, 5]).status == .pass)
        #expect(try verdict("max(server{series=q}) < 40", [1, 2, nil, nil, 4, 5]).status == .inconclusive)
    }

    @Test func aServerThatWasNeverAskedIsInconclusive() throws {
        var fixture = LedgerFixture(agents: [10], thresholds: [try Threshold("max(server{name=x, series=q}) < 4")])
        fixture.run(stage: 0) { window, _, _ in LedgerFixture.healthy(&window) }
        let found = try #require(judged(fixture).thresholds.first)
        #expect(found.status == .inconclusive && found.details.contains("x was not asked"), "\(found.details)")
    }

    @Test func theWatchEndsARunByThem() throws {
        let queue: [Double?] = [1, 1, 50, 50, 50, 1, 1, 1, 1, 1]
        let ledger = try fixture("max(server{series=q}) < 40 in every 2s abort", queue).ledger
        let start = ledger.stages[0].timeline?.holdStart ?? FleetTime(micros: 0)
        #expect(ThresholdWatch.failure(in: ledger, at: start + Micros.seconds(9)) != nil)
        let calm = try fixture("max(server{series=q}) < 60 in every 2s abort", queue).ledger
        #expect(ThresholdWatch.failure(in: calm, at: start + Micros.seconds(9)) == nil)
    }

    @Test func whatHappensIsToldOnce() throws {
        var fixture = LedgerFixture(agents: [10])
        let q = [ServerFigure("q", .gauge, 1)]
        #expect(fixture.show("vllm", second: 0, q) == [])
        #expect(
            fixture.show("vllm", second: 1, failure: "no answer within 900ms") == [
                "vllm shows no figures: no answer within 900ms"
            ]
        )
        #expect(fixture.show("vllm", second: 2, failure: "connection refused") == [])
        #expect(
            fixture.show("vllm", second: 5, q, restarted: true)
                == ["vllm shows its figures again after 4 s", "vllm restarted: its counters began anew"]
        )
        #expect(fixture.show("vllm", second: 6, q) == [])
        #expect(fixture.ledger.events.map(\.code) == ["server_silent", "server_returned", "server_restarted"])
        #expect(fixture.ledger.servers.servers[0].restarts.count == 1)
    }

    /// Read from the store, figures come behind all facts.
    @Test func eventsStandInTheOrderOfTime() throws {
        var fixture = LedgerFixture(agents: [10])
        fixture.ledger.add(
            event: FleetEvent(at: fixture.timeline(0).end, level: .info, code: "later", message: "later")
        )
        fixture.show("vllm", second: 1, failure: "connection refused")
        #expect(fixture.ledger.events.map(\.code) == ["server_silent", "later"])
    }

    @Test func aStageThatStartsOverForgets() throws {
        var fixture = try fixture(nil, [2, 4, 9, 1])
        var timeline = fixture.timeline(0)
        timeline.start = timeline.start + Micros.seconds(100)
        fixture.ledger.stageStarted(timeline)
        #expect(fixture.ledger.servers.servers[0].series[0].holds[0] == nil)
        #expect(fixture.ledger.servers.servers[0].answers[0] == nil)
        #expect(fixture.ledger.servers.servers[0].series[0].line.points.count == 4)
    }

    @Test func linesKeepToTheirPoints() {
        var line = ServerLine()
        for second in 0..<10_000 as Range<Int64> { line.add(Double(second % 2), second: second) }
        #expect(line.points.count <= ServerLine.maximumPoints)
        #expect(line.pointSeconds == 16)
        #expect(line.points.reduce(0) { $0 + $1.figures.count } == 10_000)
        #expect(line.points.allSatisfy { $0.figures.mean == 0.5 && $0.figures.least == 0 && $0.figures.greatest == 1 })
    }

    @Test func serversAndSeriesAreBounded() {
        var fixture = LedgerFixture(agents: [10])
        for server in 0..<40 { fixture.show("s\(server)", second: 0) }
        fixture.show("s0", second: 1, (0..<500).map { ServerFigure("q\($0)", .gauge, 1) })
        #expect(fixture.ledger.servers.servers.count == ScrapeTarget.maximumNumber)
        #expect(fixture.ledger.servers.servers[0].series.count == ServerLedger.maximumSeries)
    }
}
