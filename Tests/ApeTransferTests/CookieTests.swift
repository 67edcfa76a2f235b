import Testing

@testable import ApeTransfer

/// Cookies are one client's own, and whether one went out is told truly.
struct CookieTests {
    /// Sets a cookie on `/set` and answers with the cookies that came.
    private static func makeServer() -> ScriptedServer {
        ScriptedServer { request in
            let headers = request.path == "/set" ? ["Set-Cookie: id=42; Path=/"] : []
            return answer(request["cookie"] ?? "none", headers: headers)
        }
    }

    @Test func storesAndSendsCookies() async throws {
        let server = Self.makeServer()
        let answers = try await withClient { client in
            var answers: [TransferResponse] = []
            for path in ["/", "/set", "/", "/"] {
                answers.append(try await client.perform(TransferRequest(url: server.url(path))))
            }
            return answers
        }
        #expect(answers.map(\.text) == ["none", "none", "id=42", "id=42"])
        #expect(answers.map(\.sentCookie) == [false, false, true, true])
        #expect(answers[3].reusedConnection)
    }

    @Test func clientsDoNotShareCookies() async throws {
        let server = Self.makeServer()
        let texts = try await onReactor { reactor in
            let one = TransferClient(reactor: reactor)
            let other = TransferClient(reactor: reactor)
            _ = try await one.perform(TransferRequest(url: server.url("/set")))
            let stranger = try await other.perform(TransferRequest(url: server.url()))
            let owner = try await one.perform(TransferRequest(url: server.url()))
            return [stranger.text, "\(stranger.sentCookie)", owner.text, "\(owner.sentCookie)"]
        }
        #expect(texts == ["none", "false", "id=42", "true"])
    }

    @Test func resetForgetsCookies() async throws {
        let server = Self.makeServer()
        let response = try await withClient { client in
            _ = try await client.perform(TransferRequest(url: server.url("/set")))
            client.beginSession()
            return try await client.perform(TransferRequest(url: server.url()))
        }
        #expect(response.text == "none")
        #expect(!response.sentCookie)
        #expect(response.reusedConnection)
    }

    @Test func aCookieOfAnotherPathDoesNotCount() async throws {
        let server = ScriptedServer { request in
            answer(request["cookie"] ?? "none", headers: ["Set-Cookie: id=1; Path=/private"])
        }
        let sent = try await withClient { client in
            var sent: [Bool] = []
            for path in ["/", "/", "/private", "/"] {
                sent.append(try await client.perform(TransferRequest(url: server.url(path))).sentCookie)
            }
            return sent
        }
        #expect(sent == [false, false, true, false])
    }

    @Test(
        arguments: [
            (4_094, "", nil),
            (4_096, "", "the cookie id has 4099 bytes and was not kept: 4096 are the most that it may have"),
            (3_000, "; Note=" + String(repeating: "x", count: 2_500), "the cookie id has 3003 bytes and was not kept"),
        ] as [(Int, String, String?)]
    )
    func aCookieThatIsTooBigIsTold(bytes: Int, attributes: String, trouble: String?) async throws {
        let cookie = "Set-Cookie: id=" + String(repeating: "v", count: bytes) + attributes
        let server = ScriptedServer { answer($0["cookie"] ?? "none", headers: [cookie]) }
        let answers = try await withClient { client in
            let request = TransferRequest(url: server.url())
            return [try await client.perform(request), try await client.perform(request)]
        }
        #expect((answers[1].text == "none") == (trouble != nil))
        #expect(answers[0].cookieTrouble?.hasPrefix(trouble ?? "none") ?? (trouble == nil))
    }

    @Test func cookiesThatDoNotFitOneRequestAreTold() async throws {
        let cookies = (0..<3).map { "Set-Cookie: part\($0)=" + String(repeating: "v", count: 4_000) }
        let server = ScriptedServer { _ in answer(headers: cookies) }
        let trouble = try await withClient { client in
            let request = TransferRequest(url: server.url())
            return [try await client.perform(request).cookieTrouble, try await client.perform(request).cookieTrouble]
        }
        #expect(trouble[0] == nil)
        #expect(trouble[1]?.hasSuffix("8190 bytes are the most that all cookies of one request may have") == true)
    }

    @Test func aHeaderThatMentionsCookiesDoesNotCount() async throws {
        let server = Self.makeServer()
        let response = try await withClient { client in
            _ = try await client.perform(TransferRequest(url: server.url("/set")))
            let headers = [("X-Cookie", "a=b"), ("X-Note", "Cookie: c")]
            let request = TransferRequest(url: "http://localhost:\(server.port)/", headers: headers)
            return try await client.perform(request)
        }
        #expect(response.text == "none")
        #expect(!response.sentCookie)
    }

    @Test func joinsAHeaderOfTheCallersWithTheJars() async throws {
        let server = Self.makeServer()
        let (first, second) = try await withClient { client in
            let request = TransferRequest(url: server.url("/set"), headers: [("Cookie", "own=1")])
            return (try await client.perform(request), try await client.perform(request))
        }
        #expect(first.text == "own=1")
        #expect(first.sentCookie)
        #expect(second.text == "id=42; own=1")
    }

    @Test func concurrentRequestsShareTheJar() async throws {
        let server = Self.makeServer()
        let texts = try await withClient { client in
            _ = try await client.perform(TransferRequest(url: server.url("/set")))
            async let one = client.perform(TransferRequest(url: server.url()))
            async let other = client.perform(TransferRequest(url: server.url()))
            return [try await one.text, try await other.text]
        }
        #expect(texts == ["id=42", "id=42"])
    }
}
