import ApeInference
import ApeTransfer

/// What an agent needs of the world: requests, time, and a place to run. Each agent has a transport of its own, which
/// keeps its cookies and connections, those to targets apart from those to the model's endpoint.
protocol AgentTransport: InferenceTransport {
    /// Makes a request and reads its whole answer.
    nonisolated(nonsending) func perform(
        _ request: TransferRequest
    ) async throws(TransferError) -> TransferResponse

    /// Waits, as ``InferenceTransport/sleep(micros:)`` does.
    ///
    /// - Parameters:
    ///   - micros: for how long, in microseconds.
    ///   - keep: takes, before the wait begins, what cuts it short; it may be called at any time and from any thread.
    /// - Throws: `CancellationError` where it was cut short.
    nonisolated(nonsending) func sleep(
        micros: Int64,
        cancelledBy keep: (_ cancel: @escaping @Sendable () -> Void) -> Void
    ) async throws

    /// Forgets all cookies, and closes connections that are one session's.
    func beginSession()
}
