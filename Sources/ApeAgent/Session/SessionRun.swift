import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

/// Takes the steps that a ``SessionMachine`` names: the shell around one session.
struct SessionRun {
    let runner: AgentRunner
    let transport: any AgentTransport
    let control: AgentControl
    let agent: Int
    let startedMicros: Int64
    /// Called once, just before the session's first request is handed to the transport.
    let onFirstRequest: (Int64) -> Void
    private var hasRequested = false
    var machine: SessionMachine
    private var ledger = GapLedger()
    private(set) var steps = SessionSteps()
    private var context: TraceContext
    private var random: SeededRandom

    init(
        runner: AgentRunner,
        transport: any AgentTransport,
        control: AgentControl,
        agent: Int,
        session: Int,
        onFirstRequest: @escaping (Int64) -> Void
    ) {
        self.runner = runner
        self.transport = transport
        self.control = control
        self.agent = agent
        self.onFirstRequest = onFirstRequest
        startedMicros = transport.nowMicros
        var random = SeededRandom(seed: runner.prepared.seed, agent: agent, session: session)
        context = TraceContext(random: &random)
        let sessionRandom = SeededRandom(seed: random.next())
        self.random = random
        machine = SessionMachine(
            runner.prepared,
            agent: agent,
            session: session,
            random: sessionRandom,
            now: startedMicros
        )
    }

    /// The session's trace, as in the `traceparent` of its requests.
    var traceID: String { context.traceID }

    var goal: String { machine.goal.goal.name }

    /// Runs the session to its end.
    ///
    /// - Returns: nil where it was cut.
    mutating func run() async -> SessionOutcome? {
        while !control.isStopped, !Task.isCancelled {
            let step = machine.next(at: transport.nowMicros)
            reportInvalidCalls()
            do {
                switch step {
                case .end(let outcome): return outcome
                case .think(let micros): try await think(micros)
                case .decide(let body): try await decide(body)
                case .send(let request): try await send(request)
                }
            } catch {
                return nil
            }
        }
        return nil
    }

    private mutating func think(_ micros: Int64) async throws {
        let from = transport.nowMicros
        try await pause(micros)
        ledger.spend(.think, from: from, to: transport.nowMicros)
    }

    /// Waits unless stopped.
    private func pause(_ micros: Int64) async throws {
        try await control.untilStopped(on: transport.executor) { [transport] in
            try await transport.sleep(micros: micros)
        }
    }

    private mutating func decide(_ body: [UInt8]) async throws {
        guard let prepared = runner.prepared.inference else { return }
        let asked = transport.nowMicros
        if !runner.governor.isLimiting { noteRequest(at: asked) }
        let client = InferenceClient(prepared: prepared, transport: transport, governor: runner.governor)
        let deadline = machine.deadlineMicros
        let branch = context.branch()
        let jitter = SeededRandom(seed: random.next())
        let outcome = try await control.untilStopped(on: transport.executor) {
            try await client.decide(body: body, deadlineMicros: deadline, trace: branch, random: jitter)
        }
        noteRequest(at: outcome.startedMicros)
        ledger.spend(.retryWait, from: asked, to: outcome.startedMicros)
        ledger.spend(
            .decision(firstToken: outcome.firstTokenMicros),
            from: outcome.startedMicros,
            to: outcome.endedMicros,
            waitMicros: outcome.retryWaitMicros
        )
        runner.recorder.record { $0.record(outcome) }
        steps.append(outcome.step(since: startedMicros))
        machine.decided(outcome.result)
    }

    private mutating func send(_ planned: PlannedRequest) async throws {
        if planned.purpose == .action {
            let now = transport.nowMicros
            noteRequest(at: now)
            if let (gap, route) = ledger.actionStarted(planned.route, at: now) {
                runner.recorder.record { [goal] in $0.record(gap, goal: goal, route: route) }
            }
        }
        let outcome = try await perform(planned)
        ledger.spend(
            .target,
            from: outcome.startedMicros,
            to: outcome.endedMicros,
            waitMicros: outcome.retryWaitMicros
        )
        runner.recorder.record { $0.record(outcome, planned) }
        steps.append(outcome.step(planned, since: startedMicros))
        machine.answered(planned, outcome)
    }

    /// Makes a request, and makes it again where the target asks for patience. A stop does not cut a request, so that the
    /// target's counts and APE's agree. It does cut the wait before the next one: then the last answer counts.
    private mutating func perform(_ planned: PlannedRequest) async throws -> TargetOutcome {
        let started = transport.nowMicros
        var outcome = TargetOutcome(
            result: .failure(TransferError(.cancelled, "the request was not sent")),
            startedMicros: started,
            endedMicros: started,
            retryWaitMicros: 0,
            requests: 0,
            sentCookie: false
        )
        var attempts = 0
        while true {
            await attempt(planned, &outcome)
            attempts += 1
            guard case .success(let response) = outcome.result, response.status == 429 || response.status == 503 else {
                try Task.checkCancellation()
                return outcome
            }
            let wait = runner.prepared.targetPolicy.wait(
                after: attempts,
                retryAfterMicros: response.header("retry-after").flatMap {
                    RetryAfter.micros($0, date: response.header("date"), wallSeconds: transport.wallSeconds)
                },
                remainingMicros: machine.deadlineMicros - outcome.endedMicros,
                random: &random
            )
            guard let wait, !control.isStopped, (try? await pause(wait)) != nil else { return outcome }
            outcome.retryWaitMicros += transport.nowMicros - outcome.endedMicros
        }
    }

    private mutating func attempt(_ planned: PlannedRequest, _ outcome: inout TargetOutcome) async {
        var request = planned.request
        let left = max(1, machine.deadlineMicros - transport.nowMicros)
        request.headers.append(("traceparent", context.next()))
        request.totalTimeoutMicros = min(request.totalTimeoutMicros, left)
        do throws(TransferError) {
            let response = try await transport.perform(request)
            outcome.requests += 1 + response.redirects
            outcome.sentCookie = outcome.sentCookie || response.sentCookie
            outcome.result = .success(response)
        } catch {
            if error.startedMicros != nil { outcome.requests += 1 }
            outcome.result = .failure(error)
        }
        outcome.endedMicros = transport.nowMicros
        outcome.attempts += 1
        if let fault = fault(of: outcome, planned) { outcome.faults.append(fault) }
    }

    /// What went wrong with the last attempt.
    private func fault(of outcome: TargetOutcome, _ planned: PlannedRequest) -> String? {
        switch outcome.result {
        case .success(let response):
            let isExpected = planned.expectStatus?.matches(response.status) ?? false
            return response.status < 400 || isExpected ? nil : "\(response.status)"
        case .failure(let error):
            let isEnd = error.kind.isTimeout && outcome.endedMicros >= machine.deadlineMicros
            return (isEnd ? .sessionEnd : error.kind.fault).rawValue
        }
    }

    private mutating func noteRequest(at now: Int64) {
        guard !hasRequested else { return }
        hasRequested = true
        onFirstRequest(now)
    }
}
