import ApeTransfer

/// What asking a model needs of the world: a streamed request, and time.
package protocol InferenceTransport: Sendable {
    /// The monotonic clock, in microseconds.
    var nowMicros: Int64 { get }

    /// Seconds since 1970, for answers that name a date.
    var wallSeconds: Int64 { get }

    /// Makes a request and hands the body of a 2xx answer to `onBytes` as it comes, in bytes that are valid during
    /// the call alone.
    nonisolated(nonsending) func stream(
        _ request: TransferRequest,
        onBytes: @escaping (UnsafeRawBufferPointer) -> StreamAction
    ) async throws(TransferError) -> TransferResponse

    /// Waits; throws `CancellationError` as soon as the task is cancelled.
    nonisolated(nonsending) func sleep(micros: Int64) async throws
}
