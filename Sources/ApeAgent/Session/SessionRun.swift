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
    /// Where the agent's books are.
    let slot: WindowRecorder.Slot
    var machine: SessionMachine
    private(set) var steps = SessionSteps()
    private var context: TraceContext
    private var random: SeededRandom

    init(
        runner: AgentRunner,
        transport: any AgentTransport,
        control: AgentControl,
        agent: Int,
        session: Int,
        slot: WindowRecorder.Slot
    ) {
        self.runner = runner
        self.transport = transport
        self.control = control
        self.agent = agent
        self.slot = slot
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
        runner.recorder.beginSession(slot, goal: machine.goal.goal.name, at: startedMicros)
    }

    /// The session's trace, as in the `traceparent` of its requests.
    var traceID: String { context.traceID }

    var goal: String { machine.goal.goal.name }

    /// Runs the session to its end.
    ///
    /// - Returns: nil where it was cut.
    mutating func run() async -> SessionOutcome? {
        while !isToEnd, !Task.isCancelled {
            let step = machine.next(at: transport.nowMicros)
            reportInvalidCalls()
            do {
                switch step {
                case .end(let outcome): return outcome
                case .think(let micros): try await think(micros)
                case .decide(let request): try await decide(request)
                case .send(let request): try await send(request)
                }
            } catch {
                return nil
            }
        }
        return nil
    }

    /// Whether no further step is to be taken: at once, or because nothing is owed any more.
    private var isToEnd: Bool {
        control.isStopped || control.isFinishing && !runner.recorder.owes(slot)
    }

    private func think(_ micros: Int64) async throws {
        turn(to: .think)
        defer { turn(to: .overhead) }
        try await pause(micros)
    }

    /// The agent's time goes to something else from now on.
    private func turn(to activity: AgentActivity) {
        runner.recorder.turn(slot, to: activity, at: transport.nowMicros)
    }

    /// Waits unless stopped.
    private func pause(_ micros: Int64) async throws {
        try await control.untilStopped(on: transport.executor) { [transport] in
            try await transport.sleep(micros: micros)
        }
    }

    private mutating func decide(_ request: DialogueRequest) async throws {
        guard let prepared = runner.prepared.inference else { return }
        runner.prepared.onDialogue?(.asked(turnBytes: request.bytes), machine.state)
        if runner.governor.isLimiting { turn(to: .retryWait) }
        let client = InferenceClient(prepared: prepared, transport: transport, governor: runner.governor)
        let deadline = machine.deadlineMicros
        let branch = context.branch()
        let jitter = SeededRandom(seed: random.next())
        let (recorder, slot) = (runner.recorder, slot)
        let outcome: DecisionOutcome
        do {
            outcome = try await control.untilStopped(on: transport.executor) {
                try await client.decide(request, deadlineMicros: deadline, trace: branch, random: jitter) {
                    recorder.note($0, slot, at: $1)
                }
            }
        } catch {
            recorder.dropWait(slot, at: transport.nowMicros)
            throw error
        }
        // The tokens are waited for behind the answer's end: that is the endpoint's time, too.
        recorder.endWait(slot, at: transport.nowMicros) { $0.record(outcome) }
        steps.append(outcome.step(since: startedMicros))
        machine.decided(outcome)
    }

    private mutating func send(_ planned: PlannedRequest) async throws {
        let (recorder, now) = (runner.recorder, transport.nowMicros)
        let isAction = planned.purpose == .action
        if isAction { recorder.noteRequest(slot, at: now) }
        recorder.beginRequest(slot, planned.route, isAction: isAction, at: now)
        // The gap that was owed ends here; where the agent is to end, nothing begins.
        if isToEnd {
            recorder.dropWait(slot, at: now)
            throw CancellationError()
        }
        let outcome: TargetOutcome
        do {
            outcome = try await perform(planned)
        } catch {
            recorder.dropWait(slot, at: transport.nowMicros)
            throw error
        }
        recorder.endWait(slot, at: outcome.endedMicros) { $0.record(outcome, planned) }
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
                retryAfterMicros: RetryAfter.micros(of: response, wallSeconds: transport.wallSeconds),
                remainingMicros: machine.deadlineMicros - outcome.endedMicros,
                random: &random
            )
            guard let wait, !control.isStopped else { return outcome }
            turn(to: .retryWait)
            guard (try? await pause(wait)) != nil else { return outcome }
            turn(to: .target)
            outcome.retryWaitMicros += transport.nowMicros - outcome.endedMicros
        }
    }

    private mutating func attempt(_ planned: PlannedRequest, _ outcome: inout TargetOutcome) async {
        var request = planned.request
        let began = transport.nowMicros
        let left = max(1, machine.deadlineMicros - began)
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
        settle(planned, &outcome, began: began)
    }

    /// Files the last attempt.
    private func settle(_ planned: PlannedRequest, _ outcome: inout TargetOutcome, began: Int64) {
        switch outcome.result {
        case .success(let response):
            let micros = response.endedMicros - response.startedMicros
            let reason = Blame.reason(status: response.status, of: planned, carriesReceived: outcome.sentCookie)
            if let reason {
                outcome.faults.append(.init(status: "\(response.status)", party: reason.party, waitedMicros: micros))
            } else {
                outcome.answered.append(micros)
            }
        case .failure(let error):
            let waited = outcome.endedMicros - began
            let isEnd = error.kind.isTimeout && outcome.endedMicros >= machine.deadlineMicros
            let fault = isEnd ? AttemptFault.sessionEnd : error.kind.fault
            // What the session's end cut short after a moment says nothing of the target.
            let isShort = isEnd && 2 * waited < outcome.endedMicros - startedMicros
            let party = isShort ? Party.simulation : fault.isOwn ? .harness : .target
            outcome.faults.append(
                .init(status: fault.rawValue, party: party, waitedMicros: fault.isWait ? waited : nil)
            )
        }
    }
}

extension WindowRecorder {
    /// A moment of an agent's decision.
    fileprivate func note(_ moment: DecisionMoment, _ slot: Slot, at now: Int64) {
        switch moment {
        case .began:
            noteRequest(slot, at: now)
            beginDecision(slot, at: now)
        case .waits: turn(slot, to: .retryWait, at: now)
        case .triedAgain: turn(slot, to: .firstToken, at: now)
        case .firstToken: firstToken(slot, at: now)
        }
    }
}
