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
    ///   - apiKey: the inference endpoint's key, where the scenario names one.
    ///   - reactor: where the session runs.
    ///   - bodyBytes: bytes of each body that are logged.
    ///   - log: takes the lines, on the reactor's thread.
    /// - Returns: how the session ended.
    /// - Throws: ``ApeError`` of code `scenario` for what cannot be run.
    package static func run(
        _ scenario: Scenario,
        agent: Int,
        apiKey: Secret?,
        reactor: Reactor,
        bodyBytes: Int,
        log: @escaping @Sendable (String) -> Void
    ) async throws -> Outcome {
        let log = TrialLog(bytes: bodyBytes, write: log)
        let prepared = try PreparedScenario(
            scenario,
            run: "try",
            seed: 0,
            apiKey: apiKey,
            gate: nil,
            onDialogue: { log.show($0, $1) }
        )
        return await withTaskExecutorPreference(reactor) {
            await run(prepared, agent: agent, on: ReactorTransport(reactor: reactor), log: log)
        }
    }

    static func run(
        _ prepared: PreparedScenario,
        agent: Int,
        on base: any AgentTransport,
        log: TrialLog
    ) async -> Outcome {
        let transport = LoggingTransport(base: base, log: log)
        let recorder = WindowRecorder()
        let runner = AgentRunner(
            prepared: prepared,
            recorder: recorder,
            makeTransport: { transport },
            onEvent: { log.line("refused", $0.message) }
        )
        var session = SessionRun(
            runner: runner,
            transport: transport,
            control: AgentControl(),
            agent: agent,
            session: 0,
            slot: recorder.startAgent(agent, scheduledMicros: transport.nowMicros, at: transport.nowMicros)
        )
        guard let outcome = await session.run() else { return .cut }
        guard let failure = outcome.failure else { return .proven }
        return .failed(reason: failure.reason.rawValue, message: session.masked(failure.message))
    }
}
