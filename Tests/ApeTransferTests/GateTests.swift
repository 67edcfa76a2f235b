import Synchronization
import Testing

@testable import ApeTransfer

/// Nothing is connected to that the gate has not let through.
struct GateTests {
    @Test func tellsHostPortAndAddress() async throws {
        let server = ScriptedServer { _ in answer("x") }
        let asked = Recorder()
        _ = try await withClient { client in
            var request = TransferRequest(url: server.url())
            request.gate = { asked.add("\($0) \($1) \($2) \($2.isLoopback)", true) }
            _ = try await client.perform(request)
            return try await client.perform(request)
        }
        #expect(asked.lines == ["127.0.0.1 \(server.port) 127.0.0.1 true"])
    }

    @Test func refusesAnAddress() async throws {
        let server = ScriptedServer { _ in answer("x") }
        let error = try await withClient { client in
            var request = TransferRequest(url: server.url("/", host: "localhost"))
            request.gate = { _, _, address in !address.isLoopback }
            return await failure(of: request, by: client)
        }
        #expect(error?.kind == .notAllowed)
        #expect(error?.message.contains("localhost:\(server.port)") ?? false)
        #expect(error?.message.contains("127.0.0.1") ?? false || error?.message.contains("0:0:0:0:0:0:0:1") ?? false)
        #expect(server.connections == 0)
    }

    /// A process that was stopped past the moment must not send what was due meanwhile.
    @Test func nothingBeginsPastTheMomentThatIsAllowed() async throws {
        let asked = Recorder()
        let server = ScriptedServer {
            asked.add($0.path); return answer("x")
        }
        let held = Reactor(name: "held")
        defer { held.shutdown() }
        held.letRequestsBegin(untilMicros: MonotonicClock.nowMicros - 1)
        let client = TransferClient(reactor: held)
        let waiting = Task(executorPreference: held) {
            await failure(of: TransferRequest(url: server.url("/waits")), by: client)
        }
        _ = try await withClient { try await $0.perform(TransferRequest(url: server.url("/another"))) }
        waiting.cancel()
        #expect(await waiting.value?.kind == .cancelled)
        #expect(asked.lines == ["/another"])
        let later = Task(executorPreference: held) {
            await failure(of: TransferRequest(url: server.url("/later")), by: client)
        }
        held.letRequestsBegin(untilMicros: nil)
        #expect(await later.value == nil)
        #expect(asked.lines == ["/another", "/later"])
    }

    @Test func judgesTheNameBehindAProxy() async throws {
        let proxy = ScriptedServer { answer("via proxy \($0.path)") }
        let asked = Recorder()
        let (text, error) = try await withClient { client in
            var request = TransferRequest(url: "http://shop.example/a")
            request.proxy = "http://127.0.0.1:\(proxy.port)"
            request.gate = { host, port, address in
                asked.add("\(host) \(port) \(address)", ["shop.example", "127.0.0.1"].contains(host))
            }
            let text = try await client.perform(request).text
            request.url = "http://other.example:81/"
            return (text, await failure(of: request, by: client))
        }
        #expect(text == "via proxy http://shop.example/a")
        #expect(error?.kind == .notAllowed)
        let behind = PeerAddress.throughProxy.description
        #expect(
            asked.lines == [
                "shop.example 80 \(behind)", "127.0.0.1 \(proxy.port) 127.0.0.1", "other.example 81 \(behind)",
            ]
        )
    }

    @Test func judgesTheProxyThatARequestNames() async throws {
        let proxy = ScriptedServer { _ in answer("x") }
        let error = try await withClient { client in
            var request = TransferRequest(url: "http://shop.example/a")
            request.proxy = "http://localhost:\(proxy.port)"
            request.gate = { _, _, address in address == .throughProxy }
            return await failure(of: request, by: client)
        }
        #expect(error?.kind == .notAllowed)
        #expect(error?.message.contains("the proxy for shop.example:80") == true)
        #expect(proxy.connections == 0)
    }

    @Test(arguments: [
        ("http://10.0.0.9:3128", "10.0.0.9", 3128), ("PROXY:3128", "proxy", 3128), ("socks5h://user:x@p", "p", 1080),
        ("https://p/", "p", 443), ("http://[::1]:8", "::1", 8), ("p", "p", 1080),
    ])
    func readsAProxysAddressAsLibcurlDoes(url: String, host: String, port: Int) {
        let address = ProxyAddress(url)
        #expect(address?.host == host && address?.port == port)
    }

    @Test func readsTheWholeOfAnIPv6Address() async throws {
        let asked = Recorder()
        let error = try await withClient { client in
            var request = TransferRequest(url: "http://[::1]:9/")
            request.gate = { asked.add("\($0) \($1) \($2) \($2.isLoopback)", false) }
            return await failure(of: request, by: client)
        }
        #expect(asked.lines == ["::1 9 0:0:0:0:0:0:0:1 true"])
        #expect(error?.kind == .notAllowed)
    }

    @Test func judgesIPv6Whole() {
        var bytes = [UInt8](repeating: 0, count: 16)
        bytes[15] = 1
        #expect(PeerAddress.ip(bytes: bytes, port: 1).isLoopback)
        bytes[0] = 0xFE
        #expect(!PeerAddress.ip(bytes: bytes, port: 1).isLoopback)
        #expect(PeerAddress.ip(bytes: bytes, port: 1).description == "fe00:0:0:0:0:0:0:1")
        let mapped = [UInt8](repeating: 0, count: 10) + [255, 255, 127, 0, 0, 1]
        #expect(PeerAddress.ip(bytes: mapped, port: 1).isLoopback)
    }

    @Test(arguments: [
        ("http://a.example/", ""), ("http://b.example/", "http://p:1"), ("http://x.in.example/", ""),
        ("http://xin.example/", "http://p:1"), ("https://b.example/", "http://s:2"), ("http://10.1.2.3/", ""),
        ("http://10.2.2.3/", "http://p:1"), ("http://[::1]/", ""), ("http://[::2]/", "http://p:1"),
    ])
    func readsTheEnvironmentAsLibcurlDoes(url: String, proxy: String) throws {
        let environment = [
            "http_proxy": "http://p:1", "HTTP_PROXY": "http://evil:1", "HTTPS_PROXY": "http://s:2",
            "no_proxy": "A.example, .in.example,10.1.0.0/16,::1",
        ]
        let rules = ProxyRules { environment[$0] }
        #expect(rules.proxy(for: try #require(URLParts(url))) == proxy)
    }

    @Test func knowsWhenThereIsNoProxy() {
        #expect(ProxyRules { $0 == "HTTP_PROXY" ? "http://evil:1" : nil }.isEmpty)
        #expect(!ProxyRules { $0 == "all_proxy" ? "http://p:1" : nil }.isEmpty)
    }
}

/// Lines in the order that they were added, from any thread.
final class Recorder: Sendable {
    private let state = Mutex<[String]>([])

    var lines: [String] {
        state.withLock { $0 }
    }

    @discardableResult
    func add(_ line: String, _ answer: Bool = true) -> Bool {
        state.withLock { $0.append(line) }
        return answer
    }
}
