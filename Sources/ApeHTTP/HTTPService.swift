import ApeCore
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// A program's HTTP server. It never ends the program: an address that cannot be listened on is told to whoever waits
/// in ``listening()``; where nobody asked for that address, another port does as well.
package final class HTTPService: Service {
    /// Connections at a time; for a further one the oldest goes that has not asked for anything.
    package static let maximumConnections = 64
    /// Bytes of one header field, of all of them, and how many there may be.
    static let maximumHeader = (fieldBytes: 8 * 1024, listBytes: 32 * 1024, fields: 100)

    /// One thread for all that a process serves. It lasts as long as the process: parts of a server that has ended are freed
    /// a moment later, and still have something done there.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private let address: HostPort
    private let isAsked: Bool
    private let headPatience: TimeAmount
    private let logger: Logger
    private let pages: HTTPPages
    /// Who may control the program; nil where nobody may over HTTP.
    private let rights: ControlRights?
    private let outcomes: AsyncStream<Result<HostPort?, ApeError>>
    private let outcome: AsyncStream<Result<HostPort?, ApeError>>.Continuation

    /// - Parameters:
    ///   - program: the program's name, for its readers.
    ///   - address: where to listen.
    ///   - isAsked: whether the user asked for this address; one that is only usual may be taken, and another port is.
    ///   - rights: who may control the program; nil where nobody may.
    ///   - logger: for the server's own words.
    ///   - headPatience: how long the head of a request may take.
    init(
        program: String,
        address: HostPort,
        isAsked: Bool,
        rights: ControlRights? = nil,
        logger: Logger,
        headPatience: TimeAmount = ConnectionDeadline.headPatience
    ) {
        self.rights = rights
        self.headPatience = headPatience
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
    /// - Returns: where it listens; nil where it cannot, and nobody asked, and when the program is shut down before.
    /// - Throws: ``ApeError`` of code `network` for an address that was asked for and cannot be listened on.
    package func listening() async throws(ApeError) -> HostPort? {
        for await outcome in outcomes { return try outcome.get() }
        return nil
    }

    /// Serves until shutdown.
    package func run() async {
        var failure = await serve(on: address)
        if failure != nil, !isAsked { failure = await serve(on: HostPort(host: address.host, port: 0)) }
        if let failure {
            logger.warning("HTTP cannot be served", metadata: ["address": "\(address)", "cause": "\(failure)"])
            let message = "Cannot serve HTTP on \(address): choose another address with --http, or --no-http"
            let error = ApeError(.network, message, cause: "\(failure)")
            outcome.yield(isAsked ? .failure(error) : .success(nil))
        }
        outcome.finish()
    }

    /// Serves at an address until shutdown; returns why that could not even begin.
    private func serve(on address: HostPort) async -> (any Error)? {
        let hasBegun = Mutex(false)
        do {
            let outcome = outcome
            try await server(at: address) { bound in
                hasBegun.withLock { $0 = true }
                outcome.yield(.success(bound))
            }.run()
            return nil
        } catch {
            return hasBegun.withLock { $0 } ? nil : error
        }
    }

    private func server(
        at address: HostPort,
        onListening: @escaping @Sendable (HostPort) -> Void
    ) throws -> any Service {
        let (pages, rights, slots) = (pages, rights, StreamSlots(limit: HTTPExchange.maximumStreams))
        let hosts = HostRule(listeningOn: address)
        let (connections, headPatience) = (HTTPConnections(limit: Self.maximumConnections), headPatience)
        var quiet = logger
        // The server tells of every connection's troubles; they are its peers', not the run's.
        quiet.logLevel = max(logger.logLevel, .error)
        let http1 = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [
                    ConnectionDeadline(connections, isForOneRequest: true, headPatience: headPatience)
                ],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: Self.maximumHeader.fieldBytes,
                    maxHeaderListSize: Self.maximumHeader.listBytes,
                    maxHeaderFieldCount: Self.maximumHeader.fields
                )
            )
        )
        return try http1.buildServer(
            configuration: ServerConfiguration(address: .hostname(address.host, port: address.port)),
            eventLoopGroup: Self.group,
            logger: quiet
        ) { (request, writer: consuming ResponseWriter, channel) in
            let gate = HTTPGate(rights: rights, port: channel.localAddress?.port ?? address.port)
            let exchange = HTTPExchange(pages: pages, hosts: hosts, gate: gate, slots: slots)
            let response = await exchange.response(to: request, on: channel)
            do {
                try await writer.write(response: response.head, body: response.body)
            } catch {
                throw BrokenAnswer()
            }
        } onServerRunning: { channel in
            let port = channel.localAddress?.port ?? address.port
            onListening(HostPort(host: address.host, port: port))
        }
    }

    /// An answer that could not be written to its end. It stands in the place of its cause, of which some would make the
    /// server send another answer after it.
    private struct BrokenAnswer: Error {}
}
