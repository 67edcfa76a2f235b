import ApeCore
import ApeInference
import ApeMetrics

/// One agent from its start to its stop: sessions back to back.
///
/// It is active from its start on, between two sessions too. It is not active while it waits after two or more sessions
/// in a row that could reach nothing.
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
    private let startup = StartupMark()
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
        runner.recorder.record { $0.agentStarted() }
        defer { runner.recorder.record { $0.agentStopped() } }
        while !control.isStopped, !Task.isCancelled {
            do {
                guard let outcome = await runSession() else { return }
                try await rest(after: outcome)
            } catch {
                return
            }
        }
    }

    /// Runs one session and counts it; nil where it was cut.
    private mutating func runSession() async -> SessionOutcome? {
        transport.resetCookies()
        runner.recorder.record { $0.add(.sessionsStarted) }
        let (startMicros, startup, recorder) = (startMicros, startup, runner.recorder)
        var run = SessionRun(
            runner: runner,
            transport: transport,
            control: control,
            agent: agent,
            session: session,
            onFirstRequest: { now in
                if startup.isFirst() { recorder.record { $0.record(.startup, now - startMicros) } }
            }
        )
        session += 1
        guard let outcome = await run.run() else {
            recorder.record { $0.add(.sessionsUnfinished) }
            return nil
        }
        let micros = transport.nowMicros - run.startedMicros
        recorder.record { $0.record(outcome, goal: run.goal, sessionMicros: micros) }
        if let failure = outcome.failure {
            runner.onEvent(
                WorkerEvent(
                    run: runner.prepared.run,
                    level: .warning,
                    code: failure.reason.rawValue,
                    message: run.masked(failure.message),
                    agent: agent,
                    traceID: run.traceID,
                    session: run.trace(durationMicros: micros)
                )
            )
        }
        return outcome
    }

    /// Waits between two sessions: as the scenario says, and longer where nothing can be reached.
    private mutating func rest(after outcome: SessionOutcome) async throws {
        var random = SeededRandom(seed: ~runner.prepared.seed, agent: agent, session: session)
        let between = random.micros(in: runner.prepared.scenario.pacing.betweenSessionsMicros)
        if between > 0 { try await pause(between) }
        guard outcome.failure?.isUnreachable == true else {
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
        guard failuresInRow > 1 else { return try await pause(wait) }
        try await whileInactive { try await pause(wait) }
    }

    private func whileInactive(_ body: () async throws -> Void) async throws {
        runner.recorder.record { $0.agentStopped() }
        defer { runner.recorder.record { $0.agentStarted() } }
        try await body()
    }

    /// Waits unless stopped.
    private func pause(_ micros: Int64) async throws {
        guard micros > 0 else { return }
        try await control.untilStopped(on: transport.executor) { [transport] in
            try await transport.sleep(micros: micros)
        }
    }
}

/// Whether an agent has sent its first request.
private final class StartupMark {
    private var hasStarted = false

    func isFirst() -> Bool {
        defer { hasStarted = true }
        return !hasStarted
    }
}
