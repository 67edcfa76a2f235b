import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

/// One session of one goal, logged step by step as it runs: for the person who writes a scenario.
package enum TrialRun {
    /// How it ended.
    package enum Outcome: Sendable, Equatable {
        /// The target's answers prove the goal reached.
        case proven
        /// The label of `sessions_failed`, and a sentence for people.
        case failed(reason: String, message: String)
        /// It was cancelled.
        case cut
    }

    /// Runs the session on a reactor.
    ///
    /// - Parameters:
    ///   - scenario: what to do; a goal is picked among its own.
    ///   - agent: the agent's number, which picks its row of data.
    ///   - rows: the row of each goal whose rows are handed out in a run.
    ///   - apiKey: the inference endpoint's key, where the scenario names one.
    ///   - reactor: where the session runs.
    ///   - bodyBytes: bytes of each body that are logged.
    ///   - log: takes the lines, on the reactor's thread.
    /// - Returns: how the session ended.
    /// - Throws: ``ApeError`` of code `scenario` for what cannot be run.
    package static func run(
        _ scenario: Scenario,
        agent: Int,
        rows: [String: DataRow] = [:],
        apiKey: Secret?,
        reactor: Reactor,
        bodyBytes: Int,
        log: @escaping @Sendable (String) -> Void
    ) async throws -> Outcome {
        let log = TrialLog(bytes: bodyBytes, mask: SecretMask(scenario, apiKey: apiKey), write: log)
        let prepared = try PreparedScenario(
            scenario,
            // An application remembers what an earlier trial has made.
            run: "try-" + String(UInt32.random(in: 0...UInt32.max), radix: 16),
            seed: UInt64.random(in: 0...UInt64.max),
            apiKey: apiKey,
            gate: nil,
            onDialogue: { log.show($0, $1) }
        )
        return await withTaskExecutorPreference(reactor) {
            let (stock, transport) = (RowStock(given: rows), ReactorTransport(reactor: reactor, agent: agent))
            return await run(prepared, agent: agent, stock, on: transport, log: log)
        }
    }

    static func run(
        _ prepared: PreparedScenario,
        agent: Int,
        _ stock: RowStock = RowStock(),
        on base: any AgentTransport,
        log: TrialLog
    ) async -> Outcome {
        let transport = LoggingTransport(base: base, log: log)
        let recorder = WindowRecorder()
        let runner = AgentRunner(
            prepared: prepared,
            recorder: recorder,
            makeTransport: { _ in transport },
            onEvent: { log.line("refused", $0.message) }
        )
        guard var start = SessionStart(prepared, agent: agent, session: 0, stock: stock) else { return .cut }
        if case .row(let row) = stock.take(start.goal.goal.name, agent: agent) { start.row = row }
        let session = SessionRun(
            runner: runner,
            transport: transport,
            control: AgentControl(),
            agent: agent,
            session: 0,
            slot: recorder.startAgent(agent, scheduledMicros: transport.nowMicros, at: transport.nowMicros),
            start: start
        )
        guard let outcome = await session.run() else { return .cut }
        guard let failure = outcome.failure else { return .proven }
        return .failed(reason: failure.reason.rawValue, message: session.masked(failure.message))
    }
}
