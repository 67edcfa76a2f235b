import Testing

@testable import ApeTransfer

/// Redirects are followed hop by hop, by RFC 9110, and each hop is judged.
struct RedirectTests {
    private static func redirect(_ status: Int, to location: String, _ extra: [String] = []) -> String {
        answer("moved", status: "\(status) Moved", headers: ["Location: \(location)"] + extra)
    }

    @Test(arguments: [
        (301, "POST", "GET|"), (302, "POST", "GET|"), (303, "POST", "GET|"), (303, "PUT", "GET|"),
        (307, "POST", "POST|hi"), (308, "PUT", "PUT|hi"), (302, "PUT", "PUT|hi"),
    ])
    func rewritesTheMethod(status: Int, method: String, seen: String) async throws {
        let server = ScriptedServer { request in
            request.path == "/" ? Self.redirect(status, to: "/next") : answer("\(request.method)|\(request.body)")
        }
        let response = try await withClient {
            let headers = [("Content-Type", "text/plain")]
            let request = TransferRequest(method: method, url: server.url(), headers: headers, body: Array("hi".utf8))
            return try await $0.perform(request)
        }
        #expect(response.text == seen)
        #expect(response.redirects == 1)
        #expect(response.finalURL == server.url("/next"))
        #expect(response.reusedConnection)
    }

    @Test func sendsCookiesThatARedirectSet() async throws {
        let server = ScriptedServer { request in
            request.path == "/login"
                ? Self.redirect(303, to: "home?a=b c", ["Set-Cookie: id=7; Path=/"])
                : answer("\(request.path) \(request["cookie"] ?? "none")")
        }
        let response = try await withClient {
            try await $0.perform(TransferRequest(method: "POST", url: server.url("/login"), body: []))
        }
        #expect(response.text == "/home?a=b+c id=7" || response.text == "/home?a=b%20c id=7")
        #expect(response.sentCookie)
    }

    @Test func stopsAtTheLimit() async throws {
        let server = ScriptedServer { _ in Self.redirect(302, to: "/again") }
        let (error, plain) = try await withClient { client in
            var request = TransferRequest(url: server.url())
            request.maxRedirects = 3
            let error = await failure(of: request, by: client)
            request.maxRedirects = 0
            return (error, try await client.perform(request))
        }
        #expect(error?.kind == .tooManyRedirects)
        #expect(error?.startedMicros != nil)
        #expect(plain.status == 302)
        #expect(plain.text == "moved")
        #expect(plain.redirects == 0)
    }

    @Test func streamsOnlyTheLastAnswer() async throws {
        let server = ScriptedServer { request in
            request.path == "/" ? Self.redirect(307, to: "/next") : answer("stream")
        }
        let text = try await withClient { client in
            var text = ""
            _ = try await client.stream(TransferRequest(url: server.url())) { bytes in
                text += String(decoding: bytes, as: UTF8.self)
                return .continue
            }
            return text
        }
        #expect(text == "stream")
    }

    @Test func keepsCredentialsFromAnotherServer() async throws {
        let other = ScriptedServer {
            answer("\($0["authorization"] ?? "-") \($0["cookie"] ?? "-") \($0["x-a"] ?? "-")")
        }
        let server = ScriptedServer { _ in Self.redirect(302, to: other.url()) }
        let near = ScriptedServer { request in
            request.path == "/" ? Self.redirect(302, to: "/next") : answer(request["authorization"] ?? "-")
        }
        let texts = try await withClient { client in
            let headers = [("Authorization", "Bearer x"), ("Cookie", "own=1"), ("X-A", "1")]
            return [
                try await client.perform(TransferRequest(url: server.url(), headers: headers)).text,
                try await client.perform(TransferRequest(url: near.url(), headers: headers)).text,
            ]
        }
        #expect(texts == ["- - 1", "Bearer x"])
    }

    @Test(arguments: ["ftp://127.0.0.1/", "file:///etc/passwd", "http://", "javascript:1"])
    func refusesOtherProtocols(location: String) async throws {
        let server = ScriptedServer { _ in Self.redirect(302, to: location) }
        let error = try await withClient { await failure(of: TransferRequest(url: server.url()), by: $0) }
        #expect(error?.kind == .invalidURL)
    }

    @Test func asksTheGateForEveryHop() async throws {
        let other = ScriptedServer { _ in answer("secret") }
        let server = ScriptedServer { _ in Self.redirect(302, to: other.url("/", host: "localhost")) }
        let error = try await withClient { client in
            var request = TransferRequest(url: server.url())
            request.gate = { host, _, _ in host == "127.0.0.1" }
            return await failure(of: request, by: client)
        }
        #expect(error?.kind == .notAllowed)
        #expect(error?.message.contains("localhost") ?? false)
        #expect(other.connections == 0)
    }

    @Test func sumsUpTheTimeOfAllHops() async throws {
        let server = ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(Self.redirect(302, to: "/stall"))
            connection.waitForClose()
        }
        let error = try await withClient { client in
            var request = TransferRequest(url: server.url())
            request.totalTimeoutMicros = 50_000
            return await failure(of: request, by: client)
        }
        #expect(error?.kind == .totalTimeout)
    }
}
