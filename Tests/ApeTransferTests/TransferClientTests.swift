import Testing

@testable import ApeTransfer

/// What a client sends and what it makes of whole answers.
struct TransferClientTests {
    @Test func readsAnAnswerAndItsTimes() async throws {
        let server = ScriptedServer { _ in answer("hello", headers: ["X-Kind: greeting", "X-Empty:"]) }
        let response = try await withClient { try await $0.perform(TransferRequest(url: server.url("/a?b=c"))) }
        #expect(response.status == 200)
        #expect(response.text == "hello")
        #expect(response.bodyBytes == 5)
        #expect(!response.truncated)
        #expect(response.header("x-kind") == "greeting")
        #expect(response.header("x-EMPTY") == "")
        #expect(response.header("x-none") == nil)
        #expect(response.headers.map(\.name) == ["Content-Length", "X-Kind", "X-Empty"])
        #expect(response.startedMicros > 0)
        #expect(response.startedMicros <= response.firstByteMicros)
        #expect(response.firstByteMicros <= response.endedMicros)
        #expect(response.connection.connectMicros > 0)
        #expect(response.httpVersion == .http1)
        #expect(response.finalURL == server.url("/a?b=c"))
    }

    @Test func keepsConnectionsAlive() async throws {
        let server = ScriptedServer { _ in answer("x") }
        let reused = try await withClient { client in
            var reused: [Bool] = []
            for _ in 0..<5 {
                reused.append(try await client.perform(TransferRequest(url: server.url())).reusedConnection)
            }
            return reused
        }
        #expect(reused == [false, true, true, true, true])
        #expect(server.connections == 1)
    }

    @Test func opensAnewWhenTheServerClosedAnIdleConnection() async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(answer("once"))
        }
        let texts = try await withClient { client in
            var texts: [String] = []
            for _ in 0..<3 { texts.append(try await client.perform(TransferRequest(url: server.url())).text) }
            return texts
        }
        #expect(texts == ["once", "once", "once"])
        #expect(server.connections == 3)
    }

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    func sendsMethods(method: String) async throws {
        let server = ScriptedServer { request in
            let length = request["content-length"] ?? "none"
            let type = request["content-type"] ?? "no type"
            return "HTTP/1.1 204 None\r\nX-Saw: \(request.method) \(length) \(type)\r\n\r\n"
        }
        let saw = try await withClient {
            try await $0.perform(TransferRequest(method: method, url: server.url())).header("x-saw")
        }
        let length = ["POST", "PUT", "PATCH"].contains(method) ? "0" : "none"
        #expect(saw == "\(method) \(length) no type")
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "GET"])
    func sendsBodiesAndHeaders(method: String) async throws {
        let server = ScriptedServer { request in
            answer("\(request.method)|\(request["x-a"] ?? "-")|\(request["content-type"] ?? "-")|\(request.body)")
        }
        let texts = try await withClient { client in
            let headers = [("X-A", "1"), ("Content-Length", "999"), ("Expect", "100-continue")]
            let plain = TransferRequest(method: method, url: server.url(), headers: headers, body: Array("hi".utf8))
            var typed = plain
            typed.headers.append(("content-type", "text/plain"))
            return [try await client.perform(plain).text, try await client.perform(typed).text]
        }
        #expect(texts == ["\(method)|1|-|hi", "\(method)|1|text/plain|hi"])
    }

    @Test func sendsALargeBodyWithoutWaitingForLeave() async throws {
        let server = ScriptedServer { request in
            answer("\(request.body.utf8.count) \(request["expect"] ?? "-")")
        }
        let body = [UInt8](repeating: 97, count: 3 << 20)
        let text = try await withClient {
            try await $0.perform(TransferRequest(method: "POST", url: server.url(), body: body)).text
        }
        #expect(text == "\(body.count) -")
    }

    @Test func aRequestLeavesNothingForTheNext() async throws {
        let server = ScriptedServer { request in
            answer("\(request.method)|\(request["x-a"] ?? "-")|\(request["cookie"] ?? "-")|\(request.body)")
        }
        let texts = try await withClient { client in
            let headers = [("X-A", "1"), ("Cookie", "a=b")]
            let rich = TransferRequest(method: "PUT", url: server.url(), headers: headers, body: Array("hi".utf8))
            return [
                try await client.perform(rich).text, try await client.perform(TransferRequest(url: server.url())).text,
                try await client.perform(TransferRequest(method: "POST", url: server.url())).text,
            ]
        }
        #expect(texts == ["PUT|1|a=b|hi", "GET|-|-|", "POST|-|-|"])
    }

    @Test func readsChunksAndTrailers() async throws {
        let server = ScriptedServer { _ in
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("one ") + chunk("two")
                + "0\r\nX-Sum: 7\r\n\r\n"
        }
        let response = try await withClient { try await $0.perform(TransferRequest(url: server.url())) }
        #expect(response.text == "one two")
        #expect(response.header("x-sum") == "7")
    }

    @Test func canJustConnect() async throws {
        let server = ScriptedServer { request in answer(request.path) }
        let (probe, after) = try await withClient { client in
            var request = TransferRequest(url: server.url("/probe"))
            request.connectsOnly = true
            let probe = try await client.perform(request)
            request.connectsOnly = false
            return (probe, try await client.perform(request))
        }
        #expect(probe.status == 0)
        #expect(probe.bodyBytes == 0)
        #expect(probe.connection.connectMicros > 0)
        #expect(after.text == "/probe")
        #expect(!after.reusedConnection)
    }

    @Test func skipsInformationalAnswers() async throws {
        let server = ScriptedServer { _ in "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n" + answer("late") }
        let response = try await withClient { try await $0.perform(TransferRequest(url: server.url())) }
        #expect(response.status == 200)
        #expect(response.text == "late")
        #expect(response.header("x-early") == nil)
    }

    @Test func cutsTheBodyAtTheLimitAndReadsTheRest() async throws {
        let server = ScriptedServer { _ in answer(String(repeating: "x", count: 300_000)) }
        let (first, second) = try await withClient { client in
            var request = TransferRequest(url: server.url())
            request.bodyLimit = 1_000
            return (try await client.perform(request), try await client.perform(request))
        }
        #expect(first.body.count == 1_000)
        #expect(first.bodyBytes == 300_000)
        #expect(first.truncated)
        #expect(second.reusedConnection)
    }

    @Test func decodesGzip() async throws {
        // printf 'hello gzip' | gzip -n
        let packed: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0x48, 0xAF, 0xCA, 0x2C, 0, 0, 0x19,
            0x6A, 0xD2, 0xDF, 0x0A, 0, 0, 0,
        ]
        let server = ScriptedServer { connection in
            while let request = connection.readRequest() {
                if request["accept-encoding"]?.contains("gzip") ?? false {
                    connection.send(
                        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n"
                    )
                    connection.send(packed)
                } else {
                    connection.send(answer("plain"))
                }
            }
        }
        let texts = try await withClient { client in
            var plain = TransferRequest(url: server.url())
            plain.acceptsCompression = false
            return [
                try await client.perform(TransferRequest(url: server.url())).text, try await client.perform(plain).text,
                try await client.perform(TransferRequest(url: server.url())).text,
            ]
        }
        #expect(texts == ["hello gzip", "plain", "hello gzip"])
    }
}
