import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

/// Runs agents of one scenario: their sessions back to back, measured into one recorder.
///
/// One runner serves many agents of one reactor, which is where they are started.
package struct AgentRunner: Sendable {
    let prepared: PreparedScenario
    let recorder: WindowRecorder
    let governor: RateGovernor
    let stock: RowStock
    /// When sessions begin.
    let arrivals: ArrivalBoard
    let onEvent: @Sendable (WorkerEvent) -> Void
    let successes = SuccessSieve()
    private let makeTransport: @Sendable (_ agent: Int) -> any AgentTransport

    /// A runner of agents on any transport; `makeTransport` is called once for each agent.
    init(
        prepared: PreparedScenario,
        recorder: WindowRecorder,
        governor: RateGovernor = RateGovernor(),
        stock: RowStock = RowStock(),
        arrivals: ArrivalBoard = ArrivalBoard(),
        makeTransport: @escaping @Sendable (_ agent: Int) -> any AgentTransport,
        onEvent: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.prepared = prepared
        self.recorder = recorder
        self.governor = governor
        self.stock = stock
        self.arrivals = arrivals
        self.makeTransport = makeTransport
        self.onEvent = onEvent
    }

    /// Prepares a scenario and makes a runner of it for one reactor. Each reactor gets a scenario of its own: a regular
    /// expression is used under a lock (``TextPattern``), and reactors that shared it would wait for each other.
    ///
    /// - Parameters:
    ///   - scenario: what to do.
    ///   - run: the run's identifier, for `{{run}}`.
    ///   - seed: the run's seed: everything random derives from it, the agent and the session.
    ///   - recorder: where measurements go.
    ///   - reactor: where the agents run.
    ///   - apiKey: the inference endpoint's key, where the scenario names one.
    ///   - transferGate: asked before every connection; nil lets everything through.
    ///   - governor: spaces decisions to the worker's share of the endpoint's budget.
    ///   - stock: the rows of data that are handed out.
    ///   - arrivals: when sessions begin, for all agents of the worker.
    ///   - onEvent: called for notable events, on the reactor's thread.
    /// - Throws: ``ApeError`` of code `scenario` for what cannot be run.
    package init(
        scenario: Scenario,
        run: String,
        seed: UInt64,
        recorder: WindowRecorder,
        reactor: Reactor,
        apiKey: Secret?,
        transferGate: TransferGate?,
        governor: RateGovernor = RateGovernor(),
        stock: RowStock = RowStock(),
        arrivals: ArrivalBoard = ArrivalBoard(),
        onEvent: @escaping @Sendable (WorkerEvent) -> Void
    ) throws(ApeError) {
        self.init(
            prepared: try PreparedScenario(scenario, run: run, seed: seed, apiKey: apiKey, gate: transferGate),
            recorder: recorder,
            governor: governor,
            stock: stock,
            arrivals: arrivals,
            makeTransport: { ReactorTransport(reactor: reactor, connections: scenario.connections.policy, agent: $0) },
            onEvent: onEvent
        )
    }

    /// Starts an agent, which runs until `control` stops it or its task is cancelled.
    ///
    /// - Parameters:
    ///   - agent: its number in the fleet.
    ///   - firstSession: the number of its first session here; after a hand-over it goes on where it was.
    ///   - startMicros: when it is to start, by `MonotonicClock`; its startup time counts from then.
    ///   - control: stops it, and no other agent.
    ///   - executor: where it runs: the runner's reactor.
    ///   - onEnd: called when it has ended.
    /// - Returns: its task, which returns the number that its next session would have.
    @discardableResult
    package func start(
        agent: Int,
        firstSession: Int = 0,
        startMicros: Int64,
        control: AgentControl,
        on executor: (any TaskExecutor)?,
        onEnd: @escaping @Sendable () async -> Void = {}
    ) -> Task<Int, Never> {
        let task = Task(executorPreference: executor) {
            var life = AgentLife(
                runner: self,
                transport: makeTransport(agent),
                control: control,
                agent: agent,
                session: firstSession,
                startMicros: startMicros
            )
            await life.run()
            await onEnd()
            return life.session
        }
        control.attach { task.cancel() }
        return task
    }
}
