import CCurl
import Testing

@testable import ApeTransfer

/// What a request carries to the server.
struct RequestTests {
    /// The parts go out as one body, again after a redirect that keeps it, and again with the next request.
    @Test func sendsTheBodyOfAllParts() async throws {
        let server = ScriptedServer { request in
            guard request.path == "/" else { return answer(request.body) }
            return "HTTP/1.1 307 Temporary Redirect\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"
        }
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 200_000)
        let bodies = [[Array("a".utf8), [], long, Array("z".utf8)], [Array("b".utf8)], []].map {
            RequestBody(parts: $0)
        }
        let texts = try await withClient { client in
            var texts: [String] = []
            for body in bodies {
                var request = TransferRequest(method: "POST", url: server.url())
                request.body = body
                texts.append(try await client.perform(request).text)
            }
            return texts
        }
        #expect(texts == bodies.map { String(decoding: $0.bytes, as: UTF8.self) })
        #expect(bodies.map(\.count) == [200_002, 1, 0])
    }

    @Test(
        arguments: [
            ("ape", [], ["ape"]), ("ape", [("user-agent", "mine")], ["mine"]), (nil, [], []), ("", [], []),
        ] as [(String?, [TransferRequest.Header], [String])]
    )
    func saysWhoAsks(agent: String?, headers: [TransferRequest.Header], heard: [String]) async throws {
        let server = ScriptedServer { answer($0.values(of: "user-agent")) }
        var request = TransferRequest(url: server.url(), headers: headers)
        request.userAgent = agent
        let asked = request
        let texts = try await withClient { client in
            // The second goes over the handle of the first.
            [try await client.perform(asked).text, try await client.perform(TransferRequest(url: server.url())).text]
        }
        #expect(texts == [heard.joined(separator: "|"), ""])
    }

    /// The request names the codings itself: they have to be those that libcurl says it decodes.
    @Test func offersTheCodingsThatLibcurlDecodes() async throws {
        let server = ScriptedServer { answer("", headers: ["X-Heard: \($0.values(of: "accept-encoding"))"]) }
        let ours = try await withClient { client in
            var own = TransferRequest(url: server.url(), headers: [("Accept-Encoding", "gzip")])
            let ownHeard = try await client.perform(own).header("x-heard")
            own.headers = []
            return [ownHeard, try await client.perform(own).header("x-heard")]
        }
        #expect(ours == ["gzip", CurlGlobal.codings])
        let easy = CurlEasy()
        defer { curl_easy_cleanup(easy.handle) }
        easy.set(CURLOPT_ACCEPT_ENCODING, "")
        easy.set(CURLOPT_URL, server.url())
        easy.set(CURLOPT_NOBODY, true)
        var heard = [UInt8]()
        let code = withUnsafeMutablePointer(to: &heard) { place in
            easy.check(
                ape_curl_on_header(
                    easy.handle,
                    { bytes, size, count, context in
                        let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                        context?.assumingMemoryBound(to: [UInt8].self).pointee += line
                        return size * count
                    },
                    place
                ),
                CURLOPT_HEADERFUNCTION
            )
            return curl_easy_perform(easy.handle)
        }
        #expect(code == CURLE_OK)
        #expect(String(decoding: heard, as: UTF8.self).contains("X-Heard: \(CurlGlobal.codings)\r\n"))
    }
}

extension Request {
    /// All values of a header, with `|` between them.
    fileprivate func values(of name: String) -> String {
        headers.filter { $0.name.lowercased() == name }.map(\.value).joined(separator: "|")
    }
}
