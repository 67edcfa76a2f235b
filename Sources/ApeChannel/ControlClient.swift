import ApeCore
import NIOCore
import NIOPosix

/// Connects to a coordinator.
package enum ControlClient {
    /// How long one attempt to connect may take, in seconds; a TLS handshake has its own limit.
    static let connectTimeoutSeconds: Int64 = 5

    /// - Parameters:
    ///   - address: the coordinator's.
    ///   - id: what the connection is to be known by in this process.
    ///   - tls: what is shown to the coordinator and asked of it; nil for a channel in clear text.
    /// - Returns: the open connection, nothing sent yet. A coordinator that does not accept this worker's certificate
    ///   says so only afterwards.
    /// - Throws: ``ApeError`` that names the address and the reason: of code `certificate` where the coordinator's
    ///   does not pass, else of code `network`.
    package static func connect(
        to address: HostPort,
        id: UInt64,
        tls: TLSCredentials? = nil
    ) async throws(ApeError) -> ControlConnection {
        let context = tls?.context
        let made: (channel: NIOAsyncChannel<ByteBuffer, Never>, secured: EventLoopFuture<CertificateFacts?>)
        do {
            made = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(connectTimeoutSeconds))
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try configure(channel, context, address) }
                }
        } catch {
            let cause = ApeError.words(of: error, role: .worker)
            throw ApeError(.network, "Cannot reach the coordinator at \(address)", cause: cause)
        }
        var connection = ControlConnection(id: id, asyncChannel: made.channel, role: .worker)
        do {
            connection.peerCertificate = try await made.secured.get()
        } catch {
            await connection.receive { _ in }
            let code = ApeError(connection: error, role: .worker).code
            let cause = ApeError.words(of: error, role: .worker)
            throw ApeError(code, "No TLS with the coordinator at \(address)", cause: cause)
        }
        return connection
    }

    private static func configure(
        _ channel: any Channel,
        _ context: TLSContext?,
        _ address: HostPort
    ) throws -> (channel: NIOAsyncChannel<ByteBuffer, Never>, secured: EventLoopFuture<CertificateFacts?>) {
        guard let context else {
            return (try ControlConnection.configure(channel, tls: nil), channel.eventLoop.makeSucceededFuture(nil))
        }
        let secured = channel.eventLoop.makePromise(of: CertificateFacts?.self)
        let handler = TLSHandler(TLSSession(context, name: context.name ?? address.host), secured: secured)
        do {
            return (try ControlConnection.configure(channel, tls: handler), secured.futureResult)
        } catch {
            secured.fail(error)
            throw error
        }
    }
}
