import ApeTransfer

/// What an agent needs of the world: requests, time, and a place to run. One for each agent, for it keeps the cookies.
package protocol AgentTransport: Sendable {
    /// Where tasks that the agent starts must run.
    var executor: (any TaskExecutor)? { get }

    /// The monotonic clock, in microseconds.
    var nowMicros: Int64 { get }

    /// Seconds since 1970, for answers that name a date.
    var wallSeconds: Int64 { get }

    /// Makes a request and reads its whole answer.
    nonisolated(nonsending) func perform(
        _ request: TransferRequest
    ) async throws(TransferError) -> TransferResponse

    /// Makes a request and hands the body of a 2xx answer to `onBytes` as it comes, in bytes that are valid during
    /// the call alone.
    nonisolated(nonsending) func stream(
        _ request: TransferRequest,
        onBytes: @escaping (UnsafeRawBufferPointer) -> StreamAction
    ) async throws(TransferError) -> TransferResponse

    /// Waits; throws `CancellationError` as soon as the task is cancelled.
    nonisolated(nonsending) func sleep(micros: Int64) async throws

    /// Forgets all cookies, for a new session.
    func resetCookies()
}
