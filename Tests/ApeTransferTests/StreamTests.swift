import Testing

@testable import ApeTransfer

/// Bodies that are read as they come.
struct StreamTests {
    private static let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test func handsOverWhatComesSplitAnywhere() async throws {
        let server = ScriptedServer { connection in
            while connection.readRequest() != nil {
                let bytes = Array((Self.head + chunk("data: one\n\n") + chunk("data: two\n\n") + "0\r\n\r\n").utf8)
                for byte in bytes { connection.send([byte]) }
            }
        }
        let (text, response, reused) = try await withClient { client in
            var text = ""
            let response = try await client.stream(TransferRequest(url: server.url())) { bytes in
                text += String(decoding: bytes, as: UTF8.self)
                return .continue
            }
            let reused = try await client.stream(TransferRequest(url: server.url())) { _ in .continue }.reusedConnection
            return (text, response, reused)
        }
        #expect(text == "data: one\n\ndata: two\n\n")
        #expect(response.body.isEmpty)
        #expect(response.bodyBytes == text.utf8.count)
        #expect(!response.truncated)
        #expect(reused)
    }

    @Test func finishingDoesNotWaitForTheEnd() async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(Self.head + chunk("first"))
            connection.waitForClose()
        }
        let (calls, response, next) = try await withClient { client in
            var calls = 0
            let request = TransferRequest(url: server.url())
            let response = try await client.stream(request) { _ in
                calls += 1
                return .finish
            }
            let next = try await client.stream(request) { _ in .finish }
            return (calls, response, next)
        }
        #expect(calls == 1)
        #expect(response.status == 200)
        #expect(response.endedMicros >= response.firstByteMicros)
        #expect(!next.reusedConnection)
    }

    @Test func finishingKeepsAConnectionWhoseBodyEnds() async throws {
        let server = ScriptedServer { connection in
            while connection.readRequest() != nil {
                connection.send(Self.head + chunk("data: [DONE]\n\n") + "0\r\n\r\n")
            }
        }
        let reused = try await withClient { client in
            var reused: [Bool] = []
            for _ in 0..<3 {
                reused.append(
                    try await client.stream(TransferRequest(url: server.url())) { _ in .finish }.reusedConnection
                )
            }
            return reused
        }
        #expect(reused == [false, true, true])
        #expect(server.connections == 1)
    }

    @Test func finishingDropsAConnectionThatGoesOnTooLong() async throws {
        let server = ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            connection.send([UInt8](repeating: 97, count: 1 << 20))
            connection.waitForClose()
        }
        let (bytes, calls) = try await withClient { client in
            var calls = 0
            let response = try await client.stream(TransferRequest(url: server.url())) { _ in
                calls += 1
                return .finish
            }
            return (response.bodyBytes, calls)
        }
        #expect(calls == 1)
        #expect(bytes > 0)
    }

    @Test func keepsTheBodyOfAnAnswerThatIsNoSuccess() async throws {
        let server = ScriptedServer { _ in
            answer("slow down", status: "429 Too Many Requests", headers: ["Retry-After: 1"])
        }
        let (response, calls) = try await withClient { client in
            var calls = 0
            let response = try await client.stream(TransferRequest(url: server.url())) { _ in
                calls += 1
                return .continue
            }
            return (response, calls)
        }
        #expect(response.status == 429)
        #expect(response.text == "slow down")
        #expect(response.header("Retry-After") == "1")
        #expect(calls == 0)
    }

    @Test func failsWhenTheStreamBreaks() async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(Self.head + chunk("first"))
            connection.reset()
        }
        let kind = try await withClient { client in
            do throws(TransferError) {
                _ = try await client.stream(TransferRequest(url: server.url())) { _ in .continue }
                return nil as TransferError.Kind?
            } catch {
                return error.kind
            }
        }
        #expect(kind == .closed)
    }
}
