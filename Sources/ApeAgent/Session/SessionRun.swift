import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

/// Takes the steps that a ``SessionMachine`` names: the shell around one session.
///
/// It has a place of its own in memory: the functions that wait for its end would hold it in their frames, several times
/// over.
final class SessionRun {
    let runner: AgentRunner
    let transport: any AgentTransport
    let control: AgentControl
    let agent: Int
    let startedMicros: Int64
    /// Where the agent's books are.
    let slot: WindowRecorder.Slot
    var machine: SessionMachine
    private(set) var steps = SessionSteps()
    var context: TraceContext
    var random: SeededRandom

    init(
        runner: AgentRunner,
        transport: any AgentTransport,
        control: AgentControl,
        agent: Int,
        session: Int,
        slot: WindowRecorder.Slot,
        start: SessionStart
    ) {
        self.runner = runner
        self.transport = transport
        self.control = control
        self.agent = agent
        self.slot = slot
        startedMicros = transport.nowMicros
        context = start.context
        random = start.random
        machine = SessionMachine(runner.prepared, start, agent: agent, session: session, now: startedMicros)
        runner.recorder.beginSession(slot, goal: machine.goal.goal.name, at: startedMicros)
    }

    private static let modelPeer = PeerNames(PeerNames.model)

    /// The session's trace, as in the `traceparent` of its requests.
    var traceID: String { context.traceID }

    var goal: String { machine.goal.goal.name }

    /// Runs the session to its end.
    ///
    /// - Returns: nil where it was cut.
    func run() async -> SessionOutcome? {
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
    func turn(to activity: AgentActivity) {
        runner.recorder.turn(slot, to: activity, at: transport.nowMicros)
    }

    /// Waits unless stopped.
    func pause(_ micros: Int64) async throws {
        try await control.sleep(micros, by: transport)
    }

    private func decide(_ request: DialogueRequest) async throws {
        guard let decision = decision(on: request) else { return }
        do {
            try control.beginWait()
            defer { control.endWait() }
            try await decision.run()
        } catch {
            runner.recorder.dropWait(slot, at: transport.nowMicros)
            throw error
        }
        decided(decision)
    }

    /// What is asked of the model; nil where the scenario has none.
    @inline(never) private func decision(on request: DialogueRequest) -> RunningDecision? {
        guard let prepared = runner.prepared.inference else { return nil }
        runner.prepared.onDialogue?(.asked(turnBytes: request.bytes), machine.state)
        if runner.governor.isLimiting { turn(to: .retryWait) }
        let (recorder, slot) = (runner.recorder, slot)
        return RunningDecision(
            InferenceClient(prepared: prepared, transport: transport, governor: runner.governor),
            request,
            deadlineMicros: machine.deadlineMicros,
            trace: context.branch(),
            random: SeededRandom(seed: random.next())
        ) {
            recorder.note($0, slot, at: $1)
        }
    }

    @inline(never) private func decided(_ decision: RunningDecision) {
        let outcome = decision.outcome
        // The tokens are waited for behind the answer's end: that is the endpoint's time, too.
        let recorder = runner.recorder
        let isNewPrompt = recorder.prompts.note(outcome.promptHash)
        recorder.endWait(slot, at: transport.nowMicros) {
            $0.record(outcome)
            $0.record(isNewPrompt: isNewPrompt)
            $0.record(outcome.connections, Self.modelPeer)
        }
        steps.append(outcome.step(since: startedMicros))
        machine.decided(outcome)
    }

    private func send(_ planned: PlannedRequest) async throws {
        let running = try begin(planned)
        do {
            try await perform(running)
        } catch {
            runner.recorder.dropWait(slot, at: transport.nowMicros)
            throw error
        }
        answered(running)
    }

    @inline(never) private func begin(_ planned: PlannedRequest) throws -> RunningRequest {
        let (recorder, now) = (runner.recorder, transport.nowMicros)
        let isAction = planned.purpose == .action
        if isAction { recorder.noteRequest(slot, at: now) }
        recorder.beginRequest(slot, planned.route, isAction: isAction, at: now)
        // The gap that was owed ends here; where the agent is to end, nothing begins.
        if isToEnd {
            recorder.dropWait(slot, at: now)
            throw CancellationError()
        }
        return RunningRequest(planned, at: now)
    }

    @inline(never) private func answered(_ running: RunningRequest) {
        let (recorder, planned, outcome) = (runner.recorder, running.planned, running.outcome)
        let peer = runner.prepared.builder.targets[planned.target].peer
        recorder.endWait(slot, at: outcome.endedMicros) {
            $0.record(outcome, planned)
            $0.record(outcome.connections, peer)
        }
        steps.append(outcome.step(planned, since: startedMicros))
        machine.answered(planned, outcome)
    }
}

extension WindowRecorder {
    /// A moment of an agent's decision.
    fileprivate func note(_ moment: DecisionMoment, _ slot: Slot, at now: Int64) {
        switch moment {
        case .began:
            noteRequest(slot, at: now)
            beginDecision(slot, at: now)
        case .waits(let fault): awaitRetry(slot, after: fault, at: now)
        case .triedAgain: retry(slot, at: now)
        case .firstToken: firstToken(slot, at: now)
        }
    }
}
