import ApeCore
import ApeTransfer
import Glibc

/// The real world: libcurl on a reactor's thread.
struct ReactorTransport: AgentTransport {
    private let targets: TransferClient
    private let model: TransferClient

    /// - Parameters:
    ///   - reactor: where its requests run.
    ///   - connections: who uses its connections.
    ///   - agent: the agent's number, by which agents spread over the addresses of a name.
    init(reactor: Reactor, connections: ConnectionPolicy = .client, agent: Int = 0) {
        targets = TransferClient(reactor: reactor, connections: connections, number: agent)
        model = TransferClient(reactor: reactor, connections: connections, number: agent)
    }

    var nowMicros: Int64 { MonotonicClock.nowMicros }
    var wallSeconds: Int64 { Int64(time(nil)) }

    nonisolated(nonsending) func perform(
        _ request: TransferRequest
    ) async throws(TransferError) -> TransferResponse {
        try await targets.perform(request)
    }

    nonisolated(nonsending) func stream(
        _ request: TransferRequest,
        onBytes: @escaping (UnsafeRawBufferPointer) -> StreamAction
    ) async throws(TransferError) -> TransferResponse {
        try await model.stream(request, onBytes: onBytes)
    }

    nonisolated(nonsending) func sleep(micros: Int64) async throws {
        try await targets.reactor.sleep(micros: micros)
    }

    nonisolated(nonsending) func sleep(
        micros: Int64,
        cancelledBy keep: (_ cancel: @escaping @Sendable () -> Void) -> Void
    ) async throws {
        try await targets.reactor.sleep(micros: micros, cancelledBy: keep)
    }

    func beginSession() {
        targets.beginSession()
        model.beginSession()
    }
}

extension Scenario.Connections {
    var policy: ConnectionPolicy {
        switch self {
        case .session: .session
        case .agent: .client
        case .shared: .shared
        }
    }
}
