import ApeCore
import ApeInference
import ApeTransfer

extension PreparedInference {
    /// Prepares an endpoint to be asked as the agents of a scenario ask it: with their instructions and tools.
    convenience init(_ scenario: Scenario, _ inference: Scenario.Inference, apiKey: Secret?, gate: TransferGate?) {
        self.init(
            inference,
            limits: scenario.limits,
            tools: ToolOffer(scenario).definitions,
            instructions: SystemPrompt.text(scenario),
            apiKey: apiKey,
            gate: gate
        )
    }
}
