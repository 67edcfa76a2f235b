import ApeCore
import ApeInference
import ApeTransfer

/// Talks with a scenario's model over its first steps, with the scenario's own prompt, tools and goal, to find out
/// whether it can drive users. No request goes to a target: the model's calls are answered as a target might.
package enum InferenceProbe {
    /// One answer of the model's.
    package struct Step: Sendable, Equatable {
        /// From the request to the first token; nil where the answer held none.
        package var firstTokenMicros: Int64?
        /// From the request to the answer's end.
        package var totalMicros: Int64
        /// nil where the endpoint does not tell.
        package var usage: TokenUsage?
        /// Why the answer holds no call that an agent can make; nil where it holds one.
        package var refusal: String?

        package init(
            firstTokenMicros: Int64?,
            totalMicros: Int64,
            usage: TokenUsage? = nil,
            refusal: String? = nil
        ) {
            self.firstTokenMicros = firstTokenMicros
            self.totalMicros = totalMicros
            self.usage = usage
            self.refusal = refusal
        }
    }

    /// What came of it: at least one step.
    package struct Answer: Sendable, Equatable {
        package var steps: [Step]

        package init(steps: [Step]) { self.steps = steps }

        /// Whether the model made a call that an agent can perform.
        package var hasCall: Bool { steps.contains { $0.refusal == nil } }
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
        /// The step that failed, from 1.
        package var step: Int
        /// Whether the endpoint takes no tools.
        package var refusesTools: Bool

        package init(_ kind: Kind, _ message: String, step: Int = 1, refusesTools: Bool = false) {
            self.kind = kind
            self.message = message
            self.step = step
            self.refusesTools = refusesTools
        }
    }

    /// Talks with the model of a scenario, once and without retries.
    ///
    /// - Parameters:
    ///   - scenario: its first goal with a prompt is used; ``sample(_:)`` has one for an endpoint alone.
    ///   - apiKey: the endpoint's key, where the scenario names one.
    ///   - reactor: where the conversation runs.
    /// - Returns: what the model said, or why it could not.
    /// - Throws: ``ApeError`` of code `scenario` for what cannot be run.
    package static func ask(
        _ scenario: Scenario,
        apiKey: Secret?,
        reactor: Reactor
    ) async throws(ApeError) -> Result<Answer, Failure> {
        let prepared = try prepare(scenario, apiKey: apiKey)
        let task = Task(executorPreference: reactor) {
            await converse(prepared, on: ReactorTransport(reactor: reactor))
        }
        return await task.value
    }

    static func prepare(_ scenario: Scenario, apiKey: Secret?) throws(ApeError) -> PreparedScenario {
        var scenario = scenario
        scenario.limits.inferenceRetries = 0
        let goal = scenario.goals.first { if case .prompt = $0.mode { true } else { false } }
        scenario.goals = [goal ?? sampleGoal]
        return try PreparedScenario(scenario, run: "probe", seed: 0, apiKey: apiKey, gate: nil)
    }

    /// A scenario that asks an endpoint's model for something simple.
    package static func sample(_ inference: Scenario.Inference) -> Scenario {
        let endpoint = Scenario.Endpoint(method: "GET", path: "/", summary: "Say whether all is well.")
        return Scenario(
            name: "probe",
            targets: [Scenario.Target(name: "app", baseURL: "http://127.0.0.1", endpoints: [endpoint])],
            inference: inference,
            goals: [sampleGoal]
        )
    }

    private static let sampleGoal = Goal(
        name: "probe",
        mode: .prompt("Find out whether the application is well: call http_get with the path /.")
    )
}
