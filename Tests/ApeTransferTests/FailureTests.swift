import Testing

@testable import ApeTransfer

/// What breaks is named for what it is.
struct FailureTests {
    private func failure(
        _ script: @escaping ScriptedServer.Script,
        _ change: @escaping @Sendable (inout TransferRequest) -> Void = { _ in }
    ) async throws -> TransferError? {
        let server = ScriptedServer(script)
        return try await withClient { client in
            var request = TransferRequest(url: server.url())
            change(&request)
            return await ApeTransferTests.failure(of: request, by: client)
        }
    }

    @Test func aSlowFirstByteTimesOut() async throws {
        let error = try await failure { connection in
            _ = connection.readRequest()
            connection.waitForClose()
        } _: {
            $0.firstByteTimeoutMicros = 30_000
        }
        #expect(error?.kind == .firstByteTimeout)
        #expect(error?.startedMicros != nil)
        #expect(error?.message.contains("127.0.0.1:") ?? false)
    }

    @Test func aSlowBodyTimesOut() async throws {
        let error = try await failure { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            connection.waitForClose()
        } _: {
            $0.firstByteTimeoutMicros = 200_000
            $0.totalTimeoutMicros = 400_000
        }
        #expect(error?.kind == .totalTimeout)
    }

    @Test func aClosedPortIsRefused() async throws {
        let server = ScriptedServer { _ in "" }
        server.stop()
        let error = try await withClient {
            await ApeTransferTests.failure(of: TransferRequest(url: server.url()), by: $0)
        }
        #expect(error?.kind == .refused)
        #expect(error?.curlCode == 7)
    }

    @Test func aResetInTheBodyIsAClosedConnection() async throws {
        let error = try await failure { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            connection.reset()
        }
        #expect(error?.kind == .closed)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "",
    ])
    func anEarlyEndIsAClosedConnection(bytes: String) async throws {
        let error = try await failure { connection in
            _ = connection.readRequest()
            connection.send(bytes)
        }
        #expect(error?.kind == .closed)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 abc What\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!",
        "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n",
    ])
    func whatIsNotHTTPIsAProtocolError(bytes: String) async throws {
        let error = try await failure { connection in
            _ = connection.readRequest()
            connection.send(bytes)
        }
        #expect(error?.kind == .protocolError, "\(String(describing: error))")
    }

    @Test(arguments: [1, 40]) func hugeHeadersAreAProtocolError(lines: Int) async throws {
        let line = "X-Big: " + String(repeating: "a", count: 400_000 / lines) + "\r\n"
        let error = try await failure { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: lines) + "\r\n")
            connection.waitForClose()
        }
        #expect(error?.kind == .protocolError, "\(String(describing: error))")
    }

    @Test func anUnknownNameDoesNotResolve() async throws {
        let error = try await withClient {
            await ApeTransferTests.failure(of: TransferRequest(url: "http://no-such-name.invalid/"), by: $0)
        }
        #expect(error?.kind == .resolve)
    }

    @Test(arguments: [
        "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "", "http://", "http://a b/", "http://a\u{0}/",
    ])
    func otherURLsAreInvalid(url: String) async throws {
        let error = try await withClient { await ApeTransferTests.failure(of: TransferRequest(url: url), by: $0) }
        #expect(error?.kind == .invalidURL)
    }

    @Test(arguments: [("X-A", "1\r\nX-B: 2"), ("X-A\r\n", "1"), ("X A", "1"), ("", "1"), ("X-A", "\u{0}")])
    func headersCannotSmuggleLines(name: String, value: String) async throws {
        let server = ScriptedServer { _ in answer() }
        let error = try await withClient {
            let request = TransferRequest(url: server.url(), headers: [(name, value)])
            return await ApeTransferTests.failure(of: request, by: $0)
        }
        #expect(error?.kind == .invalidRequest)
        #expect(server.connections == 0)
    }

    @Test func limitsHoldForWhatIsSent() async throws {
        let server = ScriptedServer { _ in answer("ok") }
        let long = String(repeating: "a", count: 300 << 10)
        let kinds = try await withClient { client in
            var endless = TransferRequest(url: server.url())
            endless.totalTimeoutMicros = .max
            endless.firstByteTimeoutMicros = .max
            endless.connectTimeoutMicros = .max
            let none = await ApeTransferTests.failure(of: endless, by: client)
            let url = await ApeTransferTests.failure(of: TransferRequest(url: server.url("/" + long)), by: client)
            let request = TransferRequest(url: server.url(), headers: [("X-A", long)])
            let header = await ApeTransferTests.failure(of: request, by: client)
            return [none?.kind, url?.kind, header?.kind]
        }
        #expect(kinds == [nil, .invalidURL, .invalidRequest])
    }

    @Test func aFailureDoesNotSpoilTheNextRequest() async throws {
        let server = ScriptedServer { connection in
            guard let request = connection.readRequest() else { return }
            request.path == "/bad" ? connection.reset() : connection.send(answer("good"))
        }
        let text = try await withClient { client in
            let error = await ApeTransferTests.failure(of: TransferRequest(url: server.url("/bad")), by: client)
            let good = try await client.perform(TransferRequest(url: server.url()))
            return "\(error?.kind.rawValue ?? "-") \(good.text)"
        }
        #expect(text == "closed good")
    }
}
