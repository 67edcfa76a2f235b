import ApeTransfer
import Foundation

/// The real world: libcurl on a reactor's thread.
struct ReactorTransport: AgentTransport {
    private let client: TransferClient

    init(reactor: Reactor) {
        client = TransferClient(reactor: reactor)
    }

    var executor: (any TaskExecutor)? { client.reactor }
    var nowMicros: Int64 { MonotonicClock.nowMicros }
    var wallSeconds: Int64 { Int64(Date().timeIntervalSince1970) }

    nonisolated(nonsending) func perform(
        _ request: TransferRequest
    ) async throws(TransferError) -> TransferResponse {
        try await client.perform(request)
    }

    nonisolated(nonsending) func stream(
        _ request: TransferRequest,
        onBytes: @escaping (UnsafeRawBufferPointer) -> StreamAction
    ) async throws(TransferError) -> TransferResponse {
        try await client.stream(request, onBytes: onBytes)
    }

    nonisolated(nonsending) func sleep(micros: Int64) async throws {
        try await client.reactor.sleep(micros: micros)
    }

    func resetCookies() {
        client.resetCookies()
    }
}
