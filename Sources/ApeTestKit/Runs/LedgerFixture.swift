import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

extension RunLedger {
    /// A worker has agents: it owes a window for every second from then on.
    package mutating func workerJoined(_ facts: WorkerFacts, fromMicros: Int64) {
        workerKnown(facts)
        books.grant(facts.id, atMicros: fromMicros)
    }

    /// Adds a window that came at once.
    package mutating func add(worker: String, window: Window) {
        add(worker: worker, window: window, receivedMicros: window.endMicros)
    }
}

/// A run on paper: stages of one ramp second, one warm-up second and a hold, each starting where the last ended.
package struct LedgerFixture {
    package static let start: Int64 = 1_700_000_000_000_000

    package var ledger: RunLedger
    private var seqs: [String: Int64] = [:]

    package init(
        agents: [Int],
        holdSeconds: Int = 10,
        workers: [String] = ["a", "b"],
        thresholds: [Threshold] = [],
        isStarted: Bool = true,
        arrivals: Arrivals? = nil,
        search: CapacitySearch? = nil
    ) {
        let stages = agents.enumerated().map {
            Stage(
                name: "s\($0.offset)",
                agents: $0.element,
                rampMicros: 1_000_000,
                warmupMicros: 1_000_000,
                holdMicros: Int64(holdSeconds) * 1_000_000,
                arrivals: arrivals
            )
        }
        var plan = Plan(stages: stages)
        plan.search = search
        ledger = RunLedger(plan: plan, thresholds: thresholds)
        for worker in workers { ledger.workerJoined(WorkerFacts(id: worker, name: worker), fromMicros: Self.start) }
        guard isStarted else { return }
        for index in stages.indices { ledger.stageStarted(timeline(index)) }
    }

    package func timeline(_ stage: Int) -> StageTimeline {
        let start = ledger.plan.stages[..<stage].reduce(Self.start) { $0 + $1.durationMicros }
        return StageTimeline(stage: stage, of: ledger.plan, start: FleetTime(micros: start))
    }

    /// A window of the stage's `second`, counted from the hold's start: negative ones are the ramp's.
    package func window(stage: Int, second: Int, active: Int = 5, phase: Window.Phase? = nil) -> Window {
        let start = timeline(stage).holdStart.micros + Int64(second) * 1_000_000
        return Window(
            run: "r",
            seq: 1,
            stage: stage,
            revision: 1,
            phase: phase ?? (second < 0 ? .ramp : .hold),
            startMicros: start,
            endMicros: start + 1_000_000,
            assigned: active,
            active: active
        )
    }

    /// Adds a window for each second of a stage, ramp included, from each worker; `body` fills it in.
    package mutating func run(
        stage: Int,
        workers: [String] = ["a", "b"],
        _ body: (inout Window, String, Int) -> Void = { _, _, _ in }
    ) {
        run(stage: stage, workers: workers, without: { _, _ in false }, body)
    }

    /// The same, but for the windows that `without` names by worker and second.
    package mutating func run(
        stage: Int,
        workers: [String] = ["a", "b"],
        without: (String, Int) -> Bool,
        _ body: (inout Window, String, Int) -> Void = { _, _, _ in }
    ) {
        let hold = Int(ledger.plan.stages[stage].holdMicros / 1_000_000)
        for second in -2..<hold {
            for worker in workers where !without(worker, second) {
                var window = window(
                    stage: stage,
                    second: second,
                    active: ledger.plan.stages[stage].agents / workers.count
                )
                body(&window, worker, second)
                ledger.add(worker: worker, window: window)
            }
        }
    }

    /// Fills a window with a healthy second: `samples` gaps and first tokens of given lengths, one session.
    package static func healthy(_ window: inout Window, gap: Int64 = 500_000, ttft: Int64 = 300_000, samples: Int = 4) {
        for number in 0..<samples {
            window.series[.gap, default: Histogram()].record(gap + Int64(number) * 1_000)
            window.series[.ttft, default: Histogram()].record(ttft + Int64(number) * 1_000)
            window.series[.startup, default: Histogram()].record(20_000)
        }
        window.counters = [
            .sessionsSucceeded: 1, .sessionsStateful: 1, .sessionsSuccessfulStateful: 1, .actions(.successful): 4,
        ]
        window.host = HostSample(cpuPercent: 20, memoryPercent: 30, processCPUPercent: 5, loopLagP99Micros: 500)
    }
}
