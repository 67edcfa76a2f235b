import ApeCore
import ApeHTTP
import ApeProgram
import Hummingbird
import Logging
import NIOCore

/// The HTTP server below each of the demo's services.
struct DemoListener: Sendable {
    /// The most connections that wait to be accepted: a whole fleet may connect at once.
    static let backlog = 4096

    /// Connections at a time, those of all agents among them: as many as the process may have descriptors, but a few.
    static var maximumConnections: Int { max(16, OpenFileLimit.files - 128) }

    var address: HostPort
    /// nil for the system's clock and the loop's timers.
    var time: DemoTime?
    var logger: Logger
    /// Called once with the bound address.
    var onListening: @Sendable (HostPort) async -> Void

    /// Answers a request, using the clock and the timers that it is given.
    typealias Answer = @Sendable (Request, DemoTime) async throws -> Response

    /// Serves until shutdown.
    ///
    /// - Throws: ``ApeError`` of code `network` when the address cannot be listened on.
    func run(_ answer: @escaping Answer) async throws {
        let loop = DemoLoop()
        let application = application(on: loop, answer)
        let result: Result<Void, any Error>
        do {
            try await withTaskExecutorPreference(loop) { try await application.run() }
            result = .success(())
        } catch  where !(error is CancellationError) {
            let message = "Cannot listen on \(address); choose another address or port"
            result = .failure(ApeError(.network, message, cause: "\(error)"))
        } catch {
            result = .failure(error)
        }
        try await loop.end()
        try result.get()
    }

    /// The application: on the thread of `loop`, or without one (in tests) wherever its caller runs.
    func application(
        on loop: DemoLoop? = nil,
        _ answer: @escaping Answer
    ) -> Application<CallbackResponder<BasicRequestContext>> {
        let (address, onListening) = (address, onListening)
        let hosts = HostRule(listeningOn: address)
        let connections = HTTPConnections(limit: Self.maximumConnections)
        let time = time ?? loop?.time ?? .system
        return Application(
            responder: CallbackResponder { request, _ in
                guard hosts.accepts(request.head.authority) else { return Response(HostRule.refusal) }
                return try await answer(request, time)
            },
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        ConnectionDeadline(connections, isForOneRequest: false), FlushOnce(),
                    ]
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                backlog: Self.backlog
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                await onListening(HostPort(host: address.host, port: port))
            },
            eventLoopGroupProvider: loop.map { .shared($0.group) } ?? .singleton,
            logger: logger
        )
    }
}

extension Response {
    fileprivate init(_ answer: HTTPAnswer) {
        self.init(
            status: .init(code: answer.status),
            headers: [.contentType: answer.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: answer.text ?? ""))
        )
    }
}
