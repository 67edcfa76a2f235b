import ApeCore
import ApeMetrics
import ApeWire

@testable import ApeFleet
@testable import ApeReport
@testable import ApeRun

/// A run of three stages whose workers and whose stored facts may say anything.
struct FuzzedRun {
    static let start: Int64 = 1_700_000_000_000_000

    /// Lines of APE/1, and facts as JSON, in the order in which they came.
    private let lines: [[UInt8]]

    init(_ bytes: [UInt8]) {
        lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    static let plan = Plan(
        stages: [10, 100, 1_000].map {
            Stage(name: "s\($0)", agents: $0, rampMicros: 0, warmupMicros: 0, holdMicros: 12_000_000)
        }
    )

    /// What every run begins with: two workers, and three stages that they share.
    private static var beginning: [FleetFact] {
        let capacity = Capacity(cpus: 2, memoryBytes: 1 << 30)
        var facts = ["w-0", "w-1"].map { worker in
            let kind = FleetFact.Kind.joined(worker: worker, name: worker, software: "1", peer: "p", capacity: capacity)
            return FleetFact(at: FleetTime(micros: start), kind)
        }
        for stage in plan.stages.indices {
            let begin = FleetTime(micros: start + Int64(stage) * 12_000_000)
            let timeline = StageTimeline(stage: stage, of: plan, start: begin)
            let agents = plan.stages[stage].agents
            let schedule = StageSchedule(timeline: timeline, plannedAgents: agents, fittingAgents: agents)
            let split = ["w-0": AgentRanges(0..<agents / 2), "w-1": AgentRanges(agents / 2..<agents)]
            facts.append(FleetFact(at: begin, .stage(schedule)))
            facts.append(FleetFact(at: begin, .granted(Grant(revision: stage + 1, stage: stage, agents: split))))
        }
        return facts
    }

    /// The account of it all, with the windows and the facts that it is made of.
    private func account() -> (ledger: RunLedger, windows: [StoredWindow], facts: [FleetFact]) {
        var (facts, windows) = (Self.beginning, [StoredWindow]())
        for line in lines {
            switch try? Message(line: line) {
            case .window(let window):
                let received = FleetTime(micros: window.endMicros)
                windows.append(StoredWindow(worker: "w-\(window.seq % 2)", window: window, received: received))
            case .event(let event):
                facts.append(FleetFact(at: FleetTime(micros: Self.start), .event(worker: "w-0", event)))
            case .unreadable(let window):
                let refused = FleetFact.Kind.windowsRefused(
                    worker: "w-1",
                    firstSeq: window.seq,
                    lastSeq: window.seq,
                    reason: window.reason
                )
                facts.append(FleetFact(at: FleetTime(micros: Self.start), refused))
            default:
                guard let json = try? JSONValue(parsing: line), let fact = try? FleetFact(json: json) else { continue }
                facts.append(fact)
            }
        }
        var ledger = RunLedger(plan: Self.plan)
        for fact in facts { ledger.add(fact) }
        for window in windows { ledger.add(window) }
        return (ledger, windows, facts)
    }

    /// A run as it should be, with some windows of each worker.
    static var sample: (ledger: RunLedger, windows: [StoredWindow], facts: [FleetFact]) {
        let lines = (0..<36).flatMap { second in (1...2).map { window(second, worker: $0) } }
        return FuzzedRun(lines.flatMap { Message.window($0).line }).account()
    }

    /// A second of one of two workers, with a bit of everything.
    private static func window(_ second: Int, worker: Int) -> Window {
        var window = Window(
            run: "run-1",
            seq: Int64(2 * second + worker),
            stage: second / 12,
            revision: second / 12 + 1,
            phase: .hold,
            startMicros: start + Int64(second) * 1_000_000,
            endMicros: start + Int64(second + 1) * 1_000_000,
            assigned: 5,
            active: 5
        )
        window.counters = [.sessionsStarted: 5, .sessionsSucceeded: 4, .actions(.successful): 9, .tokensIn: 70]
        window.counters[CounterFamily.routeRequests["GET /a"]] = 9
        window.counters[CounterFamily.sessionFailures["target_5xx 500 GET /a look"]] = 1
        for name in [SeriesName.gap, .decision, .ttft, .session, .target(route: "GET /a")] {
            var histogram = Histogram()
            for sample in 0..<5 { histogram.record(Int64(1_000 * (second + sample * worker + 1))) }
            window.series[name] = histogram
        }
        return window
    }

    /// Every report can be written, and what it says in JSON can be compared with.
    func check() throws(BrokenProperty) {
        var (ledger, windows, facts) = account()
        Self.resume(Self.plan, facts, ledger)
        ledger.ended(atMicros: Self.start + 40_000_000)
        try Self.check(ledger, windows)
    }

    /// Takes up a run with what is stored of it, for some seconds.
    static func resume(_ plan: Plan, _ facts: [FleetFact], _ ledger: RunLedger) {
        let configuration = CoordinatorConfiguration(
            run: "run-1",
            name: "c",
            clock: "fuzz",
            plan: plan,
            seed: 1,
            scenario: [:],
            expectedWorkers: 1,
            token: [],
            authenticator: { _, _ in [7] }
        )
        var machine = CoordinatorMachine(configuration, recovered: RecoveredRun(facts: facts, ledger: ledger))
        var now = ledger.latest + .second
        for event in [CoordinatorMachine.Event.started, .timer, .committed, .interrupted, .timer, .committed, .timer] {
            _ = machine.handle(event, at: now)
            now = max(now + .second, machine.nextWake ?? now)
        }
    }

    static func check(_ ledger: RunLedger, _ windows: [StoredWindow]) throws(BrokenProperty) {
        let verdict = RunVerdict(judging: ledger, rules: JudgingRules())
        let run = RunDescription(
            id: "run-1",
            scenarioName: "fuzz",
            seed: 1,
            startMicros: start,
            endMicros: start + 40_000_000,
            apeVersion: "1.0.0",
            subject: RunDescription.Subject(
                isDemo: false,
                targets: ["http://t"],
                price: Scenario.TokenPrice(input: 1, output: 2)
            )
        )
        var report = RunReport(run: run, ledger: ledger, verdict: verdict)
        report.isComprehensive = true
        var builders = [TimelineBuilder(ledger), TimelineBuilder(ledger, pointSeconds: 5)]
        var points: [[TimelinePoint]] = [[], []]
        for stored in windows.sorted(by: { $0.window.startMicros < $1.window.startMicros }) {
            for index in builders.indices {
                points[index] += builders[index].add(worker: stored.worker, window: stored.window)
            }
        }
        for index in builders.indices { points[index] += builders[index].finish() }
        (report.seconds, report.picture) = (points[0], points[1])
        for format in [
            ReportFormat.json, .html, .junit, .markdown, .csv, .gitlabMetrics, .badge, .chat,
        ] {
            for part in format.parts where part.text(report).isEmpty {
                throw BrokenProperty("\(format.title) is empty")
            }
        }
        _ = (VerdictTable(report).text, OptimizationReport(report).json.text)
        try compare(report)
    }

    private static func compare(_ report: RunReport) throws(BrokenProperty) {
        do throws(ApeError) {
            let read = try ComparableRun(report: JSONValue(parsing: report.json.utf8), path: "report.json")
            _ = ComparisonTable(RunComparison(base: read, run: report.comparable)).text
        } catch {
            throw BrokenProperty("a report cannot be read again: \(error)")
        }
    }
}
