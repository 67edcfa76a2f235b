import ApeCore
import ApeFleet
import ApeMetrics
@testable import ApeReport
import ApeRun

/// Reports of runs on paper: two workers, each second the same.
enum ReportFixture {
    static let start: Int64 = 1_700_000_000_000_000

    /// - Parameters:
    ///   - agents: one stage each, of 2 s and a hold.
    ///   - holdSeconds: each hold's length.
    ///   - isOpen: whether each stage lasts until the next one begins, or the run is stopped.
    ///   - outcome: how the run ended.
    ///   - strict: whether a marginal verdict fails.
    ///   - isDemo: whether the demo was tested.
    ///   - price: what tokens cost.
    ///   - thresholds: the user's own conditions.
    ///   - search: what the stages are tries of; nil for a plan.
    ///   - servers: what servers showed.
    ///   - lateness: from a window's end until it came in.
    ///   - change: what becomes of a healthy window; returning false loses it.
    ///   - happenings: what else the books are told.
    /// - Returns: the run's report.
    static func report(
        agents: [Int] = [10, 1_000],
        holdSeconds: Int = 10,
        isOpen: Bool = false,
        outcome: RunOutcome = .finished,
        strict: Bool = false,
        isDemo: Bool = false,
        price: Scenario.TokenPrice? = nil,
        thresholds: [Threshold] = [],
        search: CapacitySearch? = nil,
        servers: [ServerSample] = [],
        lateness: Int64 = 300_000,
        _ change: (inout Window, String) -> Bool = { _, _ in true },
        happenings: (inout FleetBooks) -> Void = { _ in }
    ) -> RunReport {
        var plan = plan(agents, holdSeconds, isOpen: isOpen)
        plan.search = search
        var ledger = RunLedger(plan: plan, thresholds: thresholds)
        for worker in ["alpha", "beta"] {
            ledger.workerKnown(facts(worker))
            ledger.books.grant("id-\(worker)", atMicros: start)
        }
        for stage in agents.indices {
            let timeline = StageTimeline(
                stage: stage,
                of: ledger.plan,
                start: FleetTime(micros: start + Int64(stage * (2 + holdSeconds)) * 1_000_000)
            )
            ledger.stageStarted(timeline)
            for second in 0..<2 + holdSeconds {
                for worker in ["alpha", "beta"] {
                    var window = window(timeline, second: second, active: agents[stage] / 2)
                    guard change(&window, worker) else { continue }
                    ledger.add(worker: "id-\(worker)", window: window, receivedMicros: window.endMicros + lateness)
                }
            }
            if search != nil { ledger.add(FleetFact(at: timeline.end, .tried(stage: stage))) }
        }
        let endMicros = start + Int64(agents.count * (2 + holdSeconds)) * 1_000_000
        if isOpen { ledger.ended(atMicros: endMicros) }
        ledger.add(event: lateWindow)
        happenings(&ledger.books)
        for sample in servers { ledger.add(sample) }
        ledger.exemplars.add(exemplar)
        let subject = RunDescription.Subject(
            isDemo: isDemo,
            targets: ["https://shop.example"],
            inferenceURL: "https://llm.example/v1",
            model: "m-8b",
            price: price
        )
        let run = RunDescription(
            id: "run-1",
            scenarioName: "shop",
            seed: .max,
            startMicros: start,
            endMicros: endMicros,
            apeVersion: "1.0.0",
            measuredBy: MeasuringVersion(software: "0.9.0", definitions: 1),
            scenarioHash: JSONValue.string("shop").sha256,
            subject: subject
        )
        let verdict = RunVerdict(judging: ledger, rules: JudgingRules(strict: strict), outcome: outcome)
        return RunReport(run: run, ledger: ledger, verdict: verdict, environment: ["os": "Linux"])
    }

    private static func facts(_ worker: String) -> WorkerFacts {
        WorkerFacts(
            id: "id-\(worker)",
            name: worker,
            version: "1.0.0",
            labels: ["host": "\(worker).example", "zone": "a"],
            cpus: 4,
            memoryBytes: 8 << 30,
            maxAgents: 5_000
        )
    }

    /// The same run second by second, or in points of some seconds.
    static func timeline(_ report: RunReport, pointSeconds: Int = 1) -> [TimelinePoint] {
        var builder = TimelineBuilder(report.ledger, pointSeconds: pointSeconds)
        var points: [TimelinePoint] = []
        for stage in report.ledger.stages {
            guard let timeline = stage.timeline else { continue }
            for second in 0..<12 {
                for worker in ["alpha", "beta"] {
                    let window = window(timeline, second: second, active: stage.stage.agents / 2)
                    points += builder.add(worker: worker, window: window)
                }
            }
        }
        return points + builder.finish()
    }

    /// A run as formats with timelines get it.
    static func withTimelines(_ report: RunReport = report()) -> RunReport {
        var report = report
        (report.seconds, report.picture) = (timeline(report), timeline(report, pointSeconds: 2))
        return report
    }

    /// What a worker told of itself.
    private static let lateWindow = FleetEvent(
        at: FleetTime(micros: start + 3_000_000),
        level: .warning,
        code: "worker_slow",
        message: "A window came late.",
        worker: "id-alpha",
        agent: 4,
        traceID: "0af7651916cd43dd8448eb211c80319c"
    )

    /// A session whose checkout was answered 503.
    private static var exemplar: ExemplarSession {
        ExemplarSession(
            reason: "target_5xx",
            message: "the target answered 503",
            worker: "id-alpha",
            agent: 7,
            traceID: "0af7651916cd43dd8448eb211c80319c",
            session: SessionTrace(
                goal: "buy",
                startMicros: start + 2_500_000,
                durationMicros: 900_000,
                failedCheck: .init(name: "paid", reason: "the status is 503"),
                steps: [
                    .init(
                        offsetMicros: 0,
                        durationMicros: 300_000,
                        what: "decision",
                        spanID: 0x00f0_67aa_0ba9_02b7,
                        decision: .init(firstTokenMicros: 120_000, tokensIn: 812, tokensOut: 41, tokensCached: 512)
                    ),
                    .init(
                        offsetMicros: 310_000,
                        durationMicros: 590_000,
                        what: "POST /api/orders",
                        status: 503,
                        attempts: 3
                    ),
                ]
            )
        )
    }

    private static func plan(_ agents: [Int], _ holdSeconds: Int, isOpen: Bool) -> Plan {
        Plan(
            stages: agents.map {
                Stage(
                    name: "scaling_\($0)",
                    agents: $0,
                    rampMicros: 1_000_000,
                    warmupMicros: 1_000_000,
                    holdMicros: isOpen ? 86_400_000_000 : Int64(holdSeconds) * 1_000_000,
                    isOpen: isOpen
                )
            }
        )
    }

    private static func window(_ timeline: StageTimeline, second: Int, active: Int) -> Window {
        let start = timeline.start.micros + Int64(second) * 1_000_000
        var window = Window(
            run: "run-1",
            seq: Int64(second),
            stage: timeline.stage,
            revision: 1,
            phase: second < 2 ? .ramp : .hold,
            startMicros: start,
            endMicros: start + 1_000_000,
            assigned: active,
            active: active
        )
        var tally = WindowTally()
        for step in 0..<5 as Range<Int64> {
            let extra = step * 10_000
            tally.record(
                gap(extra: extra),
                goal: step < 3 ? "buy" : "look",
                route: step == 0 ? "POST /api/orders" : "GET /api/products/{id}"
            )
        }
        for (part, percent) in times {
            tally.add(CounterFamily.agentTime[part.rawValue], agentSeconds(active) * percent / 100)
        }
        tally.add(.goalSessionsSucceeded, "buy", 7)
        tally.add(.goalSessionsSuccessfulStateful, "buy", 7)
        tally.add(.goalSessionsFailed, "look", 3)
        tally.add(.routeRequests, "POST /api/orders", 10)
        tally.add(.routeErrors, "POST /api/orders 503", 2)
        let cut = tally.cut()
        window.series = cut.series
        for step in 0..<5 as Range<Int64> {
            let extra = step * 10_000
            window.record(.ttft, 250_000 + extra)
            window.record(.target(route: "GET /api/products/{id}"), 100_000 + extra)
            window.record(.target(route: "POST /api/orders"), 200_000)
        }
        window.record(.startup, 30_000)
        window.counters = cut.counters
        let counters: [CounterName: Int64] = [
            .sessionsStarted: 10, .sessionsSucceeded: 10, .sessionsStateful: 10, .sessionsSuccessfulStateful: 10,
            .actions(.successful): 48, .actions(.serverError): 2, .decisions: 50,
        ]
        window.counters.merge(counters) { $1 }
        window.host = HostSample(
            cpuPercent: 25,
            memoryPercent: 40,
            processCPUPercent: 12,
            processMemoryBytes: 50 << 20,
            loopLagP99Micros: 800
        )
        return window
    }

    /// What goes to each activity, in percent.
    private static let times: [(AgentActivity, Int64)] = [
        (.firstToken, 40), (.generation, 20), (.target, 30), (.think, 8), (.overhead, 2),
    ]

    private static func agentSeconds(_ agents: Int) -> Int64 { Int64(agents) * 1_000_000 }

    /// A gap of half a second and `extra` microseconds.
    private static func gap(extra: Int64) -> GapBreakdown {
        var gap = GapBreakdown()
        gap.gaps = 1
        gap.gapMicros = 500_000 + extra
        gap.firstTokenMicros = 200_000 + extra
        gap.generationMicros = 100_000
        gap.targetMicros = 150_000
        gap.thinkMicros = 40_000
        gap.retryWaitMicros = 9_000
        gap.overheadMicros = 1_000
        return gap
    }
}

extension Window {
    mutating func record(_ name: SeriesName, _ micros: Int64) {
        series[name, default: Histogram()].record(micros)
    }
}
