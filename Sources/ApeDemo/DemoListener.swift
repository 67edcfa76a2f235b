import ApeCore
import Hummingbird
import Logging
import NIOCore

/// The HTTP server below each of the demo's services.
struct DemoListener: Sendable {
    /// Connections that may wait to be accepted: a whole fleet may connect at once.
    static let backlog = 4096

    var address: DemoAddress
    var logger: Logger
    /// Called once with the bound address.
    var onListening: @Sendable (DemoAddress) async -> Void

    typealias Answer = @Sendable (Request, BasicRequestContext) async throws -> Response

    func application(_ answer: @escaping Answer) -> Application<CallbackResponder<BasicRequestContext>> {
        let (address, onListening) = (address, onListening)
        return Application(
            responder: CallbackResponder(callback: answer),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                backlog: Self.backlog
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                await onListening(DemoAddress(host: address.host, port: port))
            },
            logger: logger
        )
    }

    /// Serves until shutdown.
    ///
    /// - Throws: ``ApeError`` of code `network` when the address cannot be listened on.
    func run(_ answer: @escaping Answer) async throws {
        do {
            try await application(answer).run()
        } catch  where !(error is CancellationError) {
            throw ApeError(.network, "Cannot listen on \(address); choose another address or port", cause: "\(error)")
        }
    }
}
