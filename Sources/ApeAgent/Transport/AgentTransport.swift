import ApeInference
import ApeTransfer

/// What an agent needs of the world: requests, time, and a place to run. Each agent has a transport of its own, which
/// keeps its cookies and connections, those to targets apart from those to the model's endpoint.
protocol AgentTransport: InferenceTransport {
    /// Where tasks that the agent starts must run.
    var executor: (any TaskExecutor)? { get }

    /// Makes a request and reads its whole answer.
    nonisolated(nonsending) func perform(
        _ request: TransferRequest
    ) async throws(TransferError) -> TransferResponse

    /// Forgets all cookies, and closes connections that are one session's.
    func beginSession()
}
