import ApeCore
import ApeInference
import ApeTransfer

extension InferenceProbe {
    /// The longest that one decision is waited for.
    private static let limitMicros: Int64 = 60_000_000
    /// Steps with a call after which nothing new is to be expected: the second sends back what came with the first.
    private static let stepsWithCall = 2

    /// Goes on until the model has made its calls, or has made none for as long as a session lasts.
    static func converse(
        _ prepared: PreparedScenario,
        on transport: any AgentTransport
    ) async -> Result<Answer, Failure> {
        var random = SeededRandom(seed: 1)
        guard let start = SessionStart(prepared, agent: 0, session: 0, stock: RowStock()) else {
            return .failure(Failure(.stream, "the scenario has no goal"))
        }
        let session = SessionMachine(prepared, start, agent: 0, session: 0, now: transport.nowMicros)
        guard let inference = prepared.inference, var conversation = session.conversation else {
            return .failure(Failure(.stream, "the scenario has no model to ask"))
        }
        let client = InferenceClient(prepared: inference, transport: transport, governor: RateGovernor())
        let trace = TraceContext(random: &random)
        var answer = Answer(steps: [])
        var calls = 0
        var refusals = 0
        while calls < min(stepsWithCall, session.goal.goal.maxSteps), refusals < SessionMachine.maximumInvalidCalls {
            let number = answer.steps.count + 1
            let decision = RunningDecision(
                client,
                conversation.request(known: { SystemPrompt.known(session.state) }),
                deadlineMicros: transport.nowMicros + limitMicros,
                trace: trace,
                random: random
            )
            guard (try? await decision.run()) != nil else {
                return .failure(Failure(.transport(.cancelled), "the request was cancelled", step: number))
            }
            let outcome = decision.outcome
            switch outcome.result {
            case .failure(let fault): return .failure(Failure(fault, step: number))
            case .success(let decision):
                let refusal = reply(to: decision, number: number, in: &conversation, prepared.reader)
                answer.steps.append(
                    Step(
                        firstTokenMicros: outcome.attemptTTFTMicros,
                        totalMicros: outcome.decisionMicros,
                        usage: decision.usage,
                        refusal: refusal
                    )
                )
                calls += refusal == nil ? 1 : 0
                refusals = refusal == nil ? 0 : refusals + 1
            }
        }
        return .success(answer)
    }

    /// Says what came of an answer, as if a target had answered each call that it holds.
    ///
    /// - Returns: why an agent could make none of its calls; nil where it could make one.
    private static func reply(
        to decision: DecisionAnswer,
        number: Int,
        in conversation: inout Conversation,
        _ reader: ToolCallReader
    ) -> String? {
        var refusals: [String] = []
        var hasCall = false
        do throws(ApeError) {
            for call in try conversation.begin(decision.turn, number: number) {
                do throws(ApeError) {
                    conversation.reply(try rehearsed(call, reader), to: call)
                    hasCall = true
                } catch {
                    conversation.reply(Feedback.text(ofInvalidCall: error), to: call)
                    refusals.append(error.message)
                }
            }
            guard !hasCall, refusals.isEmpty else { return hasCall ? nil : refusals[0] }
            throw ApeError(.invalidCall, "it calls no tool")
        } catch {
            conversation.reply(Feedback.text(ofInvalidCall: error), to: nil)
            return decision.ending == .length ? "it was cut at its limit of tokens" : error.message
        }
    }

    /// What the model is told of a call that nobody makes.
    private static func rehearsed(_ call: ToolCall, _ reader: ToolCallReader) throws(ApeError) -> String {
        switch try reader.read(call) {
        case .request(let draft): "HTTP \(draft.method == "POST" ? 201 : 200)\n{\"status\":\"ok\"}"
        case .stateUpdate(let values): "Kept: " + values.map { "{{\($0.name)}}" }.joined(separator: ", ")
        case .finish: "Not yet: go on."
        }
    }
}

extension InferenceProbe.Failure {
    fileprivate init(_ fault: InferenceFault, step: Int) {
        let kind: Kind =
            switch fault.kind {
            case .status(let status): .status(status)
            case .transport(let kind): .transport(kind)
            case .sessionEnd: .transport(.totalTimeout)
            case .brokenStream, .stream: .stream
            }
        self.init(kind, fault.message, step: step, refusesTools: fault.refusesTools)
    }
}
