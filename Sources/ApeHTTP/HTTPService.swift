import ApeCore
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// A program's HTTP server. It never ends the program: an address that cannot be listened on is told to whoever waits
/// in ``listening()``, or where nobody asked for that address, only logged.
package final class HTTPService: Service {
    /// Connections at a time; further ones wait in the system's queue.
    static let maximumConnections = 64
    /// Bytes of one header field, of all of them, and how many there may be.
    static let maximumHeader = (fieldBytes: 8 * 1024, listBytes: 32 * 1024, fields: 100)

    private let address: ListenAddress
    private let isAsked: Bool
    private let logger: Logger
    private let pages: HTTPPages
    private let outcomes: AsyncStream<Result<ListenAddress?, ApeError>>
    private let outcome: AsyncStream<Result<ListenAddress?, ApeError>>.Continuation

    /// - Parameters:
    ///   - program: the program's name, for its readers.
    ///   - address: where to listen.
    ///   - isAsked: whether the user asked for this address; one that is only usual may be taken.
    ///   - logger: for the server's own words.
    package init(program: String, address: ListenAddress, isAsked: Bool, logger: Logger) {
        self.address = address
        self.isAsked = isAsked
        self.logger = logger
        pages = HTTPPages(program: program)
        (outcomes, outcome) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// From now on there is something to show; before, every page but `/healthz` says that the program is starting.
    package func show(_ site: any HTTPSite) {
        pages.show(site)
    }

    /// Waits until the server listens; to be called once.
    ///
    /// - Returns: where it listens; nil for a usual address that is taken, and when the program is shut down before.
    /// - Throws: ``ApeError`` of code `network` for an address that was asked for and cannot be listened on.
    package func listening() async throws(ApeError) -> ListenAddress? {
        for await outcome in outcomes { return try outcome.get() }
        return nil
    }

    /// Serves until shutdown.
    package func run() async {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await application(on: group).run()
        } catch {
            // Once it has listened, nobody waits for this any more.
            outcome.yield(failure(error))
        }
        outcome.finish()
        do {
            try await group.shutdownGracefully()
        } catch {
            logger.debug("The HTTP server's thread did not end well", metadata: ["cause": "\(error)"])
        }
    }

    private func failure(_ error: any Error) -> Result<ListenAddress?, ApeError> {
        if isAsked {
            let message = "Cannot serve HTTP on \(address): choose another address with --http, or --no-http"
            return .failure(ApeError(.network, message, cause: "\(error)"))
        }
        logger.warning(
            "No HTTP: the usual address cannot be listened on; choose another with --http, or --no-http",
            metadata: ["address": "\(address)", "cause": "\(error)"]
        )
        return .success(nil)
    }

    private func application(on group: any EventLoopGroup) -> some ApplicationProtocol {
        let (address, outcome, pages) = (address, outcome, pages)
        var quiet = logger
        // The server tells of every connection's troubles; they are its peers', not the run's.
        quiet.logLevel = max(logger.logLevel, .error)
        return Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                await Self.response(to: request, pages)
            },
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionDeadline()],
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Self.maximumHeader.fieldBytes,
                        maxHeaderListSize: Self.maximumHeader.listBytes,
                        maxHeaderFieldCount: Self.maximumHeader.fields
                    )
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.maximumConnections, logger: quiet)
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                outcome.yield(.success(ListenAddress(host: address.host, port: port)))
            },
            eventLoopGroupProvider: .shared(group),
            logger: quiet
        )
    }

    private static func response(to request: Request, _ pages: HTTPPages) async -> Response {
        let answer = await pages.answer(method: request.method.rawValue, path: request.uri.path)
        var headers: HTTPFields = [
            .contentType: answer.contentType, .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            // A connection is for one request, so that its whole life can be bounded.
            .connection: "close",
        ]
        if answer.status == 405 { headers[.allow] = "GET, HEAD" }
        let body = ResponseBody(byteBuffer: ByteBuffer(string: answer.body))
        let response = Response(status: .init(code: answer.status), headers: headers, body: body)
        return request.method == .head ? response.createHeadResponse() : response
    }
}
