import ApeChannel
import ApeCore
import Synchronization
import Testing

@Suite struct HMACTests {
    /// Test cases 1, 2 and 6 of RFC 4231.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func agreesWithRFC4231(key: [UInt8], message: String, expected: String) {
        let digest = HMAC.sha256(key: key, message: Array(message.utf8))
        #expect(digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected)
    }
}

@Suite(.timeLimit(.minutes(10))) struct ControlConnectionTests {
    @Test func carriesBytesBothWaysInOrder() async throws {
        let server = try await ControlServer(listeningOn: HostPort(host: "127.0.0.1", port: 0))
        let received = Mutex<[UInt8]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run { connection in
                    await connection.receive { connection.send($0) }
                }
            }
            let connection = try await ControlClient.connect(to: server.address, id: 1)
            let sent = (0..<2000).flatMap { Array("line \($0)\n".utf8) }
            for start in stride(from: 0, to: sent.count, by: 777) {
                connection.send(Array(sent[start..<min(start + 777, sent.count)]))
            }
            await connection.receive { bytes in
                let done = received.withLock { all in
                    all += bytes
                    return all.count >= sent.count
                }
                if done { connection.close() }
            }
            #expect(received.withLock { $0 } == sent)
            group.cancelAll()
        }
    }

    @Test func aLastLineArrivesBeforeTheClose() async throws {
        let server = try await ControlServer(listeningOn: HostPort(host: "127.0.0.1", port: 0))
        let received = Mutex<[UInt8]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run { connection in
                    connection.close(after: Array("farewell\n".utf8))
                    await connection.receive { _ in }
                }
            }
            let connection = try await ControlClient.connect(to: server.address, id: 1)
            await connection.receive { bytes in received.withLock { $0 += bytes } }
            #expect(received.withLock { $0 } == Array("farewell\n".utf8))
            group.cancelAll()
        }
    }

    @Test func namesTheAddressThatCannotBeReached() async throws {
        let server = try await ControlServer(listeningOn: HostPort(host: "127.0.0.1", port: 0))
        let error = await #expect(throws: ApeError.self) {
            try await ControlServer(listeningOn: server.address)
        }
        #expect(error?.message.contains("\(server.address)") == true)
        let running = Task { try await server.run { _ in } }
        running.cancel()
        _ = await running.result
        let refused = await #expect(throws: ApeError.self) {
            try await ControlClient.connect(to: server.address, id: 1)
        }
        #expect(refused?.code == .network)
    }
}
