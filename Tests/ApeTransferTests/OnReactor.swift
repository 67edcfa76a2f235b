@testable import ApeTransfer

/// Runs a body on a reactor of its own, which is shut down after it.
func onReactor<Value: Sendable>(
    _ body: @escaping @Sendable (Reactor) async throws -> Value
) async throws -> Value {
    let reactor = Reactor(name: "test")
    defer { reactor.shutdown() }
    return try await Task(executorPreference: reactor) { try await body(reactor) }.value
}

/// Runs a body with a client on a reactor of its own.
func withClient<Value: Sendable>(
    _ body: @escaping @Sendable (TransferClient) async throws -> Value
) async throws -> Value {
    try await onReactor { try await body(TransferClient(reactor: $0)) }
}

/// The error that a request ends with; nil when it has an answer.
nonisolated(nonsending) func failure(
    of request: TransferRequest,
    by client: TransferClient
) async -> TransferError? {
    do throws(TransferError) {
        _ = try await client.perform(request)
        return nil
    } catch {
        return error
    }
}

extension TransferRequest {
    /// A request that no time limit ends, however long a busy machine lets its test wait.
    static func patient(_ url: String) -> TransferRequest {
        var request = TransferRequest(url: url)
        request.firstByteTimeoutMicros = 3_600_000_000
        request.totalTimeoutMicros = 3_600_000_000
        return request
    }
}

extension TransferResponse {
    var text: String {
        String(decoding: body, as: UTF8.self)
    }
}
