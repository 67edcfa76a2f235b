import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import Foundation
import Testing

@testable import ApeReport

struct LiveRunTests {
    private func live(of report: RunReport, second: Int64 = 23, search: Bool = false) -> LiveRun {
        let now = ReportFixture.start + second * 1_000_000
        let subject = LiveRun.Subject(
            run: "run-1",
            scenarioName: "shop",
            isDemo: false,
            rules: JudgingRules(),
            price: Scenario.TokenPrice(input: 1, output: 1),
            budget: 5,
            createdMicros: ReportFixture.start
        )
        let progress = LiveFixture.progress(stage: 1, nowMicros: now, endMicros: now + 1_000_000, agents: 1_000)
        return LiveRun(subject, ledger: report.ledger, progress: progress, nowMicros: now, events: report.ledger.events)
    }

    @Test func showsTheReportsFigures() {
        let report = ReportFixture.report(price: Scenario.TokenPrice(input: 1, output: 1))
        let live = live(of: report)
        let stage = report.tables.stages[1]
        #expect(live.mtba.mean == stage.mtbaMicros.map { $0 / 1_000_000 } && live.mtba.mean != nil)
        #expect(live.mtba.p95 == stage.gap.p95Micros.map { Double($0) / 1_000_000 })
        #expect(live.ttft?.mean == stage.ttftMicros.map { $0 / 1_000_000 })
        #expect(live.mtba.target == 1.5)
        #expect(live.ttft?.target == 2)
        #expect(live.sessions.completed == report.tables.sessionFailures.completedSessions)
        #expect(live.sessions.goodPercent == report.verdict[.successfulStatefulSessions]?.measured)
        #expect(live.targets.count == report.tables.targets.count { $0.verdict.measured != nil })
        #expect(live.agents.active == 1_000)
        #expect(live.agents.stalled == 0)
        #expect(live.workers.map(\.name) == ["alpha", "beta"])
        #expect(live.elapsedSeconds == 23)
        #expect(live.budget == 5)
    }

    @Test func knowsWhatIsLeftOfThePlan() {
        let live = live(of: ReportFixture.report())
        #expect(live.plan.count == 2)
        #expect(live.plan.current == 1)
        #expect(live.left == LiveRun.TimeLeft(phase: 1, stage: 1, run: 1))
        #expect(live.plan.stages.map(\.seconds) == [12, 12])
        #expect(live.plan.stages[0].status != nil && live.plan.stages[1].status == nil)
        #expect(live.plan.share.map { ($0 * 24).rounded() } == 23)
    }

    @Test func saysForHowLongNothingHasComeBack() {
        let report = ReportFixture.report { window, _ in
            if window.stage == 1, window.startMicros >= ReportFixture.start + 19_000_000 {
                window.counters = [:]
                window.series = [:]
            }
            return true
        }
        let live = live(of: report)
        #expect(live.silentSeconds == 4)
        #expect(live.actionsPerSecond == 0)
        #expect(live.mtba.now == nil)
    }

    @Test func showsWorkersThatNeedALookFirst() {
        let report = ReportFixture.report { window, worker in
            if worker == "beta" { window.host.loopLagP99Micros = 80_000 }
            return true
        }
        #expect(live(of: report).workers.map(\.name) == ["beta", "alpha"])
    }

    @Test func aLostWorkerIsShownUntilOneOfItsNameJoins() {
        var ledger = RunLedger(plan: Plan(stages: []))
        ledger.workerKnown(WorkerFacts(id: "1", name: "alpha"))
        ledger.books.grant("1", atMicros: 1)
        ledger.books.disconnect("1", atMicros: 2)
        ledger.books.lose("1", atMicros: 3)
        let subject = LiveRun.Subject(
            run: "r",
            scenarioName: "s",
            isDemo: false,
            rules: JudgingRules(),
            price: nil,
            budget: nil,
            createdMicros: 0
        )
        func live() -> LiveRun { LiveRun(subject, ledger: ledger, progress: nil, nowMicros: 4, events: []) }
        #expect(live().fleet.lost == 1 && live().workers.map(\.link) == [.lost])
        ledger.workerKnown(WorkerFacts(id: "2", name: "alpha"))
        #expect(live().fleet.lost == 0 && live().workers.map(\.link) == [.connected, .replaced])
    }

    @Test func measuresNothingBeforeAnythingCame() {
        let plan = Plan(stages: [
            Stage(name: "one", agents: 5, rampMicros: 0, warmupMicros: 0, holdMicros: 60_000_000)
        ])
        let subject = LiveRun.Subject(
            run: "r",
            scenarioName: "s",
            isDemo: false,
            rules: JudgingRules(usesInference: false),
            price: nil,
            budget: nil,
            createdMicros: 0
        )
        let live = LiveRun(subject, ledger: RunLedger(plan: plan), progress: nil, nowMicros: 1, events: [])
        #expect(live.phase == nil)
        #expect(live.mtba == LiveRun.Latency(target: 1) || live.mtba == LiveRun.Latency())
        #expect(live.ttft == nil)
        #expect(live.actionsPerSecond == nil && live.decisionsPerSecond == nil && live.agents.stalled == nil)
        #expect(live.sessions == LiveRun.Sessions())
        #expect(live.left == LiveRun.TimeLeft())
    }
}

struct LiveRunJSONTests {
    @Test(arguments: [LiveFixture.full, LiveFixture.empty])
    func comesBackFromItsJSON(live: LiveRun) throws {
        #expect(try LiveRun(json: JSONValue(parsing: live.json.text)) == live)
    }

    @Test func comesBackWithAllThatIsOptional() throws {
        var live = LiveFixture.full
        live.isPaused = true
        live.silentSeconds = 12
        live.furtherWorkers = 900
        live.arrivals = .init(askedPerSecond: 30, reachedPerSecond: 29.5, latePercent: 0.2, latenessSeconds: 0.01)
        live.tries = [.init(level: "160 agents", status: .fail, bound: "mtba_threshold", value: "1.1 s", limit: "1 s")]
        #expect(try LiveRun(json: JSONValue(parsing: live.json.text)) == live)
    }

    @Test func refusesWhatIsNoMomentOfARun() throws {
        for text in ["{}", "[]", "null", "1", #"{"type":"live"}"#, #"{"type":"verdict","run":"r"}"#, #"{"run":"r"}"#] {
            #expect(throws: ApeError.self) { try LiveRun(json: JSONValue(parsing: text)) }
        }
    }

    @Test func readsNothingOfATextThatIsCut() throws {
        let text = Array(LiveFixture.full.json.text.utf8)
        for end in stride(from: 0, to: text.count, by: 7) {
            #expect(throws: (any Error).self) {
                try LiveRun(json: JSONValue(parsing: String(decoding: text[..<end], as: UTF8.self)))
            }
        }
    }

    @Test func holdsHostileFiguresToTheirBounds() throws {
        let big = String(repeating: "9", count: 18)
        let long = String(repeating: "x", count: 100_000)
        let worker = #"{"name":"\#(long)","link":"odd","assigned":-5,"active":\#(big),"cpu_percent":-1}"#
        let workers = Array(repeating: worker, count: 300).joined(separator: ",")
        let text = """
            {"type":"live","run":"\(long)","elapsed_seconds":\(big),"phase":"odd","plan":{"share":7,"current":\(big),
            "first":-3,"stages":"no"},"agents":{"active":\(big),"stalled":-1},"workers":[\(workers)],"mtba":[1],
            "ttft":{"mean_seconds":1e308,"recent_seconds":[null,"x",-1]},"sessions":{"good_percent":1e9,"failed":[{}]},
            "tries":[{}],"events":[{"message":"\(long)"}],"cost":-1}
            """
        let live = try LiveRun(json: JSONValue(parsing: text))
        #expect(live.run.utf8.count == 100)
        #expect(live.elapsedSeconds == 3_200_000_000)
        #expect(live.phase == nil)
        #expect(live.plan.share == 1 && live.plan.first == 0 && live.currentStage == nil)
        #expect(live.agents.active == 1_000_000_000 && live.agents.stalled == 0)
        #expect(live.workers.count == 100)
        #expect(live.workers[0].name.utf8.count == 100 && live.workers[0].cpuPercent == nil)
        #expect(live.ttft?.recent.count == 3)
        #expect(live.sessions.goodPercent == 100 && live.sessions.failed.isEmpty)
        #expect(live.tries.isEmpty && live.cost == nil)
        #expect(live.events[0].message.utf8.count == 500)
    }
}

struct LiveSchemaTests {
    private func findings(_ json: JSONValue) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "live-\(UUID()).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(json.text.utf8).write(to: file)
        return try PythonSchema.findings(schema: "live", file: file.path())
    }

    @Test(.enabled(if: PythonSchema.isPresent), arguments: [LiveFixture.full, LiveFixture.empty])
    func linesAreAsTheSchemaSays(live: LiveRun) throws {
        var live = live
        #expect(try findings(live.json) == "")
        live.arrivals = .init(askedPerSecond: 1, reachedPerSecond: nil, latePercent: nil, latenessSeconds: nil)
        live.tries = [.init(level: "1 agents", status: .pass, bound: "-", value: "-", limit: "-")]
        #expect(try findings(live.json) == "")
    }

    @Test(.enabled(if: PythonSchema.isPresent)) func theLastLineIsAsTheSchemaSays() throws {
        var files = ReportOutputs.Files()
        files.written = [(name: "Report", path: "r.json")]
        let line = ReportFixture.report().verdictLine(files)
        #expect(try findings(line) == "")
        #expect(line["type"] == "verdict" && line["reports"]?[0]?["path"] == "r.json")
        #expect(line["exit_code"]?.integer == Int64(ReportFixture.report().exitCode.rawValue))
    }

    @Test(.enabled(if: PythonSchema.isPresent)) func theSchemaTellsWhatIsWrong() throws {
        var members = LiveFixture.full.json.object ?? [:]
        members["agents"] = nil
        #expect(try findings(.object(members)).hasPrefix("[] {"))
    }
}
