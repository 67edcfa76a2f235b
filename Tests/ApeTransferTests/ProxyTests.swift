import CCurl
import Testing

@testable import ApeTransfer

/// A proxy that stands in the way is named, and is not taken for the server behind it.
struct ProxyTests {
    private func failure(of url: String, through proxy: String) async throws -> TransferError? {
        try await withClient { client in
            var request = TransferRequest(url: url)
            request.proxy = proxy
            return await ApeTransferTests.failure(of: request, by: client)
        }
    }

    private func refusing(_ status: String) -> ScriptedServer {
        ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
    }

    @Test(arguments: ["http://shop.example/", "https://shop.example/"])
    func oneThatIsAwayIsTheHarnesss(url: String) async throws {
        let gone = ScriptedServer { _ in "" }
        gone.stop()
        let error = try await failure(of: url, through: "http://me:hunter2@127.0.0.1:\(gone.port)")
        #expect(error?.kind == .proxy)
        let message = error?.message ?? ""
        #expect(message.hasPrefix("the proxy 127.0.0.1:\(gone.port) in front of shop.example:"))
        #expect(message.contains("cannot be reached"))
        #expect(!message.contains("hunter2"))
    }

    @Test func oneWhoseNameIsUnknownIsTheHarnesss() async throws {
        let error = try await failure(of: "http://shop.example/", through: "http://proxy.invalid:3128")
        #expect(error?.kind == .proxy)
        #expect(error?.message.hasPrefix("the proxy proxy.invalid:3128 in front of shop.example:80") == true)
    }

    @Test(arguments: [
        ("403 Forbidden", TransferError.Kind.proxy, "lets nothing through"), ("407 Proxy", .proxy, "http_proxy"),
        ("502 Bad Gateway", .refused, "does not get through"), ("504 Timeout", .refused, "does not get through"),
    ])
    func oneThatOpensNoTunnelSaysWhoseFaultItIs(
        status: String,
        kind: TransferError.Kind,
        words: String
    ) async throws {
        let proxy = refusing(status)
        let error = try await failure(of: "https://shop.example/", through: "http://127.0.0.1:\(proxy.port)")
        #expect(error?.kind == kind, "\(String(describing: error))")
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }

    @Test func aPasswordThatItAsksForIsMissedByTheHarness() async throws {
        let proxy = refusing("407 Proxy Authentication Required")
        let error = try await failure(of: "http://shop.example/", through: "http://127.0.0.1:\(proxy.port)")
        #expect(error?.kind == .proxy)
        #expect(error?.message.contains("http_proxy") == true)
        // Without a proxy the server itself may answer so.
        let status = try await withClient { try await $0.perform(TransferRequest(url: proxy.url())).status }
        #expect(status == 407)
    }

    @Test(arguments: [
        (CURLE_OPERATION_TIMEDOUT, true, 0, CURLPX_OK), (CURLE_RECV_ERROR, true, 0, CURLPX_OK),
        (CURLE_RECV_ERROR, true, 200, CURLPX_OK), (CURLE_GOT_NOTHING, true, 0, CURLPX_OK),
        (CURLE_PEER_FAILED_VERIFICATION, true, 200, CURLPX_OK),
    ])
    func whatHappensBehindItIsNotItsFault(code: CURLcode, connected: Bool, status: Int, socks: CURLproxycode) {
        let evidence = ProxyFault.Evidence(code: code, isConnected: connected, connectStatus: status, socks: socks)
        #expect(ProxyFault(evidence) == nil)
    }

    @Test(arguments: [
        (CURLPX_REPLY_CONNECTION_REFUSED, TransferError.Kind.refused), (CURLPX_REPLY_HOST_UNREACHABLE, .refused),
        (CURLPX_REPLY_NOT_ALLOWED, .proxy), (CURLPX_USER_REJECTED, .proxy),
    ])
    func aSOCKSProxySaysWhoseFaultItIs(reply: CURLproxycode, kind: TransferError.Kind) {
        #expect(ProxyFault(ProxyFault.Evidence(code: CURLE_PROXY, isConnected: true, socks: reply))?.kind == kind)
        let late = ProxyFault.Evidence(code: CURLE_OPERATION_TIMEDOUT, isConnected: false)
        #expect(ProxyFault(late) == .unreachable)
    }
}
