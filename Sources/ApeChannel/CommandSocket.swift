import ApeCore
import Glibc
import NIOCore
import NIOPosix

/// A Unix domain socket that takes one line of a connection and answers with one, open to its owner alone.
package struct CommandSocket: Sendable {
    /// What the system has room for in a socket's address.
    static let maximumPathBytes = 107
    /// Bytes of a command.
    static let maximumLineBytes = 4096
    /// Bytes of an answer.
    static let maximumAnswerBytes = 4 << 20
    /// How long a connection may last.
    static let patience: TimeAmount = .seconds(10)

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let server: NIOAsyncChannel<Connection, Never>

    /// Listens; what is left at the path of an earlier socket is replaced.
    ///
    /// - Throws: ``ApeError`` of code `file` that names the path.
    package init(path: String) async throws(ApeError) {
        try Self.check(path)
        do {
            server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                    channel.eventLoop.makeCompletedFuture { try Self.configure(channel) }
                }
        } catch {
            throw ApeError(.file, "Cannot listen for commands at \(path)", cause: "\(error)")
        }
        guard chmod(path, 0o600) == 0 else {
            throw ApeError(.file, "Cannot close \(path) to others", cause: String(cString: strerror(errno)))
        }
    }

    /// Answers until the task is cancelled.
    package func run(_ answer: @escaping @Sendable (String) async -> String) async {
        // A listener that breaks leaves the run without commands; whoever gives one is told that nobody answers.
        try? await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask {
                        // A peer that goes away in the middle has its own reasons.
                        try? await connection.executeThenClose { inbound, outbound in
                            guard let line = try await Self.line(of: inbound, atMost: Self.maximumLineBytes) else {
                                return
                            }
                            try await outbound.write(ByteBuffer(string: await answer(line) + "\n"))
                        }
                    }
                }
            }
        }
    }

    /// Sends a line to whoever listens at a path, and returns what it answers.
    ///
    /// - Throws: ``ApeError`` of code `network` when nobody listens or answers.
    package static func ask(_ path: String, _ line: String) async throws(ApeError) -> String {
        try check(path)
        do {
            let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture { try configure(channel) }
                }
            let answer = try await connection.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: line + "\n"))
                return try await self.line(of: inbound, atMost: maximumAnswerBytes)
            }
            if let answer { return answer }
        } catch {
            throw ApeError(.network, "Nobody takes commands at \(path)", cause: "\(error)")
        }
        throw ApeError(.network, "The coordinator did not answer at \(path)")
    }

    private static func check(_ path: String) throws(ApeError) {
        guard path.utf8.count <= maximumPathBytes else {
            throw ApeError(.usage, "The path \(path) is too long for a socket: choose a shorter one with --results")
        }
    }

    private static func configure(_ channel: any Channel) throws -> Connection {
        channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
    }

    /// The first line; nil for one that is too long or never ends.
    private static func line(
        of inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        atMost limit: Int
    ) async throws -> String? {
        var text = ByteBuffer()
        for try await var piece in inbound {
            text.writeBuffer(&piece)
            if let end = text.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                return String(decoding: text.readableBytesView[..<end], as: UTF8.self)
            }
            guard text.readableBytes < limit else { return nil }
        }
        return nil
    }
}
