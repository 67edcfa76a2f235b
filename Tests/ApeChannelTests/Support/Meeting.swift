import ApeCore
import Synchronization

@testable import ApeChannel

/// What became of one worker that met a coordinator: both sides' words.
struct Meeting: Sendable {
    /// What the coordinator echoed.
    var echo = ""
    /// Why the worker has no connection, or no longer; nil where all was well.
    var worker: ApeError?
    /// The same, seen by the coordinator.
    var coordinator: ApeError?

    /// Has a worker connect over loopback to what it calls `host`, say a word, hear it again and go.
    static func of(_ coordinator: TLSCredentials?, _ worker: TLSCredentials?, host: String = "127.0.0.1") async throws
        -> Meeting
    {
        try await Listener.with(coordinator) { listener in
            var meeting = Meeting()
            let address = HostPort(host: host, port: listener.address.port)
            let heard = Mutex<[UInt8]>([])
            do throws(ApeError) {
                let connection = try await ControlClient.connect(to: address, id: 1, tls: worker)
                connection.send(Array("hello".utf8))
                meeting.worker = await connection.receive { bytes in
                    let isAll = heard.withLock { all in
                        all += bytes
                        return all.count >= 5
                    }
                    if isAll { connection.close() }
                }
            } catch {
                meeting.worker = error
            }
            meeting.coordinator = await listener.nextEnd()
            meeting.echo = String(decoding: heard.withLock { $0 }, as: UTF8.self)
            return meeting
        }
    }
}

/// A coordinator's listener that echoes, and tells how each connection ended.
struct Listener: Sendable {
    let address: HostPort
    private let ends: AsyncStream<ApeError?>

    static func with<Value: Sendable>(
        _ tls: TLSCredentials?,
        _ body: (Listener) async throws -> Value
    ) async throws -> Value {
        let server = try await ControlServer(listeningOn: HostPort(host: "127.0.0.1", port: 0), tls: tls)
        let (ends, ending) = AsyncStream<ApeError?>.makeStream()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run { connection in
                    ending.yield(await connection.receive { connection.send($0) })
                }
            }
            let value = try await body(Listener(address: server.address, ends: ends))
            group.cancelAll()
            return value
        }
    }

    /// Why the next connection that ends has ended; nil where it was closed in order.
    func nextEnd() async -> ApeError? {
        for await end in ends { return end }
        return nil
    }
}
