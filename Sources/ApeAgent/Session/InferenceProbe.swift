import ApeCore
import ApeInference
import ApeTransfer

/// Asks an inference endpoint for one decision as an agent would, to find out whether it can drive users.
package enum InferenceProbe {
    /// What came of it.
    package struct Answer: Sendable, Equatable {
        /// From the request to the first token; nil where the answer held none.
        package var firstTokenMicros: Int64?
        /// From the request to the answer's end.
        package var totalMicros: Int64
        /// Whether the answer held a call that an agent can perform.
        package var hasCall: Bool
        /// Whether the endpoint tells how many tokens it took.
        package var hasUsage: Bool

        package init(firstTokenMicros: Int64?, totalMicros: Int64, hasCall: Bool, hasUsage: Bool) {
            self.firstTokenMicros = firstTokenMicros
            self.totalMicros = totalMicros
            self.hasCall = hasCall
            self.hasUsage = hasUsage
        }
    }

    /// Why there is no answer.
    ///
    /// It is no `ApeError` because the advice to the user is a switch over its kind.
    package struct Failure: Error, Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            /// The endpoint answered with this status.
            case status(Int)
            case transport(TransferError.Kind)
            /// What was streamed is no answer.
            case stream
        }

        package var kind: Kind
        /// A sentence for people.
        package var message: String

        package init(_ kind: Kind, _ message: String) {
            self.kind = kind
            self.message = message
        }
    }

    /// The longest that one decision is waited for.
    static let limitMicros: Int64 = 60_000_000

    /// Asks once, without a retry.
    package static func ask(
        _ inference: Scenario.Inference,
        apiKey: Secret?,
        reactor: Reactor
    ) async -> Result<Answer, Failure> {
        var scenario = Scenario(
            name: "probe",
            targets: [Scenario.Target(name: "app", baseURL: "http://127.0.0.1", endpoints: [endpoint])],
            inference: inference,
            goals: []
        )
        scenario.limits.inferenceRetries = 0
        let prepared = PreparedInference(scenario, inference, apiKey: apiKey, gate: nil)
        let conversation = Conversation(prepared, goal: goal, contextTokens: scenario.limits.contextTokens)
        let task = Task(executorPreference: reactor) { () -> Result<Answer, Failure> in
            let transport = ReactorTransport(reactor: reactor)
            var random = SeededRandom(seed: 1)
            let client = InferenceClient(
                prepared: prepared,
                transport: transport,
                governor: RateGovernor()
            )
            do {
                let outcome = try await client.decide(
                    body: conversation.requestBody(known: ""),
                    deadlineMicros: transport.nowMicros + limitMicros,
                    trace: TraceContext(random: &random),
                    random: random
                )
                return outcome.probed(in: conversation)
            } catch {
                return .failure(Failure(.transport(.cancelled), "the request was cancelled"))
            }
        }
        return await task.value
    }

    private static let endpoint = Scenario.Endpoint(method: "GET", path: "/", summary: "Say whether all is well.")

    private static let goal = "Find out whether the application is well: call http_get with the path /."
}

extension DecisionOutcome {
    fileprivate func probed(
        in conversation: Conversation
    ) -> Result<InferenceProbe.Answer, InferenceProbe.Failure> {
        switch result {
        case .success(let answer):
            let reader = ToolCallReader(targets: ["app"])
            var conversation = conversation
            let calls = (try? conversation.begin(answer.turn, number: 1)) ?? []
            return .success(
                InferenceProbe.Answer(
                    firstTokenMicros: attemptTTFTMicros,
                    totalMicros: decisionMicros,
                    hasCall: calls.contains { (try? reader.read($0)) != nil },
                    hasUsage: answer.usage != nil
                )
            )
        case .failure(let fault):
            switch fault.kind {
            case .status(let status): return .failure(.init(.status(status), fault.message))
            case .transport(let kind): return .failure(.init(.transport(kind), fault.message))
            case .sessionEnd: return .failure(.init(.transport(.totalTimeout), fault.message))
            case .brokenStream, .stream: return .failure(.init(.stream, fault.message))
            }
        }
    }
}
