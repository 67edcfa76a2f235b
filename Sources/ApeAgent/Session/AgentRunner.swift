import ApeCore
import ApeMetrics
import ApeTransfer

/// Runs agents of one scenario: their sessions back to back, measured into one recorder.
///
/// One runner serves many agents. It must be used on its reactor: `group.addTask(executorPreference: reactor)`.
package struct AgentRunner: Sendable {
    let seed: UInt64
    let run: String
    let recorder: WindowRecorder
    let sessionGate: SessionGate
    let onEvent: @Sendable (AgentEvent) -> Void
    let makeTransport: @Sendable () -> any AgentTransport

    /// Prepares what all agents share.
    ///
    /// - Parameters:
    ///   - scenario: what to do.
    ///   - run: the run's identifier, for `{{run}}`.
    ///   - seed: the run's seed: everything random derives from it, the agent and the session.
    ///   - recorder: where measurements go.
    ///   - reactor: where agents run; one runner for each reactor.
    ///   - apiKey: the inference endpoint's key, where the scenario names one.
    ///   - sessionGate: passed by each agent before each session.
    ///   - transferGate: asked before every connection; nil lets everything through.
    ///   - onEvent: called for notable events, on the reactor's thread.
    /// - Throws: ``ApeError`` of code `scenario` for what cannot be run.
    package init(
        scenario: Scenario,
        run: String,
        seed: UInt64,
        recorder: WindowRecorder,
        reactor: Reactor,
        apiKey: Secret?,
        sessionGate: SessionGate,
        transferGate: TransferGate?,
        onEvent: @escaping @Sendable (AgentEvent) -> Void
    ) throws(ApeError) {
        self.run = run
        self.seed = seed
        self.recorder = recorder
        self.sessionGate = sessionGate
        self.onEvent = onEvent
        makeTransport = { ReactorTransport(reactor: reactor) }
    }

    /// Runs one agent until `control` stops it or the task is cancelled.
    ///
    /// - Parameters:
    ///   - agent: its number in the fleet.
    ///   - firstSession: the number of its first session here; after a hand-over it goes on where it was.
    ///   - startMicros: when it is to start, by `MonotonicClock`; its startup time counts from then.
    ///   - control: stops it.
    /// - Returns: the number that its next session would have.
    @discardableResult
    package func run(agent: Int, firstSession: Int, startMicros: Int64, control: AgentControl) async -> Int {
        firstSession
    }
}
