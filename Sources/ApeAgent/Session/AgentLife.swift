import ApeCore
import ApeInference
import ApeMetrics

/// One agent from its start to its stop: sessions back to back.
///
/// It is at work from its start on, between two sessions too.
struct AgentLife {
    /// The wait after a session that reached nothing; it doubles with each further one in a row.
    static let backoffMicros: Int64 = 250_000
    static let backoffMaximumMicros: Int64 = 5_000_000

    let runner: AgentRunner
    let transport: any AgentTransport
    let control: AgentControl
    let agent: Int
    /// The number of the session that runs, or else of the next.
    private(set) var session: Int
    private let startMicros: Int64
    private var failuresInRow = 0

    init(
        runner: AgentRunner,
        transport: any AgentTransport,
        control: AgentControl,
        agent: Int,
        session: Int,
        startMicros: Int64
    ) {
        self.runner = runner
        self.transport = transport
        self.control = control
        self.agent = agent
        self.session = session
        self.startMicros = startMicros
    }

    mutating func run() async {
        do {
            try await pause(startMicros - transport.nowMicros)
        } catch {
            return
        }
        let slot = runner.recorder.startAgent(agent, scheduledMicros: startMicros, at: transport.nowMicros)
        let isOutOfWork = await work(slot)
        runner.recorder.stopAgent(slot, at: transport.nowMicros)
        if isOutOfWork { await idle() }
    }

    /// Runs sessions until the agent is to end; true where no goal can be begun any more.
    private mutating func work(_ slot: WindowRecorder.Slot) async -> Bool {
        while !isToEnd(slot), !Task.isCancelled {
            do {
                let arrivedMicros = try await nextArrival(slot)
                guard let start = try await begin() else { return true }
                guard let outcome = await runSession(slot, start, arrivedMicros) else { return false }
                // Users who arrive wait for nobody, neither for a pause nor until something can be reached again.
                if runner.arrivals.isOn { continue }
                try await rest(slot, after: outcome)
            } catch {
                return false
            }
        }
        return false
    }

    /// Picks the next session's goal and takes its row; nil where no goal has rows left. The time that a row is waited for
    /// is the harness's own.
    private func begin() async throws -> SessionStart? {
        let (stock, agent) = (runner.stock, agent)
        guard var start = SessionStart(runner.prepared, agent: agent, session: session, stock: stock) else {
            return nil
        }
        while start.goal.isStocked {
            let goal = start.goal.goal.name
            var taken = stock.take(goal, agent: agent)
            if taken == nil {
                try control.beginWait()
                defer { control.endWait() }
                taken = try await stock.row(goal, agent: agent)
            }
            if case .row(let row) = taken {
                start.row = row
                return start
            }
            guard start.pickAgain(runner.prepared, stock: stock) else { return nil }
        }
        return start
    }

    /// Waits to be stopped, at work no more.
    private func idle() async {
        while !control.isStopped, !control.isFinishing, !Task.isCancelled {
            guard (try? await pause(1_000_000)) != nil else { return }
        }
    }

    private func isToEnd(_ slot: WindowRecorder.Slot) -> Bool {
        control.isStopped || control.isFinishing && !runner.recorder.owes(slot)
    }

    /// Runs one session and counts it, from its arrival on where sessions arrive; nil where it was cut.
    private mutating func runSession(
        _ slot: WindowRecorder.Slot,
        _ start: SessionStart,
        _ arrivedMicros: Int64?
    ) async -> SessionOutcome? {
        let run = nextRun(slot, start)
        let outcome = await run.run()
        end(outcome, of: run, slot, arrivedMicros)
        return outcome
    }

    /// The next session, about to run.
    @inline(never) private mutating func nextRun(_ slot: WindowRecorder.Slot, _ start: SessionStart) -> SessionRun {
        transport.beginSession()
        defer { session += 1 }
        return SessionRun(
            runner: runner,
            transport: transport,
            control: control,
            agent: agent,
            session: session,
            slot: slot,
            start: start
        )
    }

    /// Counts a session that has ended. It is not to become a part of the function that waits for the session, whose frame
    /// an agent holds for good.
    @inline(never) private func end(
        _ outcome: SessionOutcome?,
        of run: SessionRun,
        _ slot: WindowRecorder.Slot,
        _ arrivedMicros: Int64?
    ) {
        let recorder = runner.recorder
        guard let outcome else { return recorder.endSession(slot) { $0.add(.sessionsUnfinished) } }
        let now = transport.nowMicros
        let goal = run.machine.goal
        recorder.endSession(slot, failure: outcome.failure?.label(goal: goal.goal.name)) {
            $0.record(outcome, goal: goal, sessionMicros: now - (arrivedMicros ?? run.startedMicros))
        }
        tell(outcome, run, at: now)
    }

    /// Tells of a session that failed, and of one that succeeded where it may be worth it.
    private func tell(_ outcome: SessionOutcome, _ run: SessionRun, at now: Int64) {
        let micros = now - run.startedMicros
        guard outcome.failure != nil || runner.successes.offers(run.goal, micros: micros, at: now) else { return }
        let failure = outcome.failure
        runner.onEvent(
            WorkerEvent(
                run: runner.prepared.run,
                level: failure == nil ? .debug : .warning,
                code: failure?.reason.rawValue ?? WorkerEvent.sessionSucceeded,
                message: failure.map { run.masked($0.message) } ?? "the session reached its goal",
                agent: agent,
                traceID: run.traceID,
                session: run.trace(durationMicros: micros)
            )
        )
    }

    /// Waits between two sessions: as the scenario says, and longer where nothing can be reached.
    private mutating func rest(_ slot: WindowRecorder.Slot, after outcome: SessionOutcome) async throws {
        var random = SeededRandom(seed: ~runner.prepared.seed, agent: agent, session: session)
        let between = random.micros(in: runner.prepared.scenario.pacing.betweenSessionsMicros)
        if between > 0 { try await spend(between, on: .pause, slot) }
        guard let failure = outcome.failure, failure.isUnreachable else {
            failuresInRow = 0
            return
        }
        failuresInRow += 1
        let backoff = RetryPolicy.backoff(
            after: failuresInRow,
            first: Self.backoffMicros,
            maximum: Self.backoffMaximumMicros
        )
        let wait = backoff / 2 + Int64(Double(backoff / 2) * random.unit())
        try await spend(wait, on: .retryWait, slot)
        if failure.reason.party == .harness { runner.recorder.record { $0.add(.harnessMicros, wait) } }
    }

    private func spend(_ micros: Int64, on activity: AgentActivity, _ slot: WindowRecorder.Slot) async throws {
        let recorder = runner.recorder
        recorder.turn(slot, to: activity, at: transport.nowMicros)
        defer { recorder.turn(slot, to: .overhead, at: transport.nowMicros) }
        try await pause(micros)
    }

    /// Waits unless stopped.
    private func pause(_ micros: Int64) async throws {
        guard micros > 0 else { return }
        try await control.sleep(micros, by: transport)
    }
}
