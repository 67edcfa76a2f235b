import Testing

@testable import ApeTransfer

/// Whose connections a request goes over, and what is told of them.
struct ConnectionTests {
    @Test(arguments: [(ConnectionPolicy.client, 3), (.session, 6), (.shared, 1)])
    func belongToWhomThePolicySays(policy: ConnectionPolicy, connections: Int) async throws {
        let server = ScriptedServer { _ in answer("x") }
        let uses = try await onReactor { reactor in
            var uses: [ConnectionUse] = []
            let clients = (0..<3).map { TransferClient(reactor: reactor, connections: policy, number: $0) }
            for _ in 0..<2 {
                for client in clients {
                    client.beginSession()
                    for _ in 0..<2 {
                        uses.append(try await client.perform(TransferRequest(url: server.url())).connection)
                    }
                }
            }
            return uses
        }
        #expect(server.connections == connections)
        #expect(uses.map(\.opened).reduce(0, +) == connections)
        #expect(uses.map(\.reused).reduce(0, +) == 12 - connections)
        #expect(uses.allSatisfy { $0.opened + $0.reused == 1 && ($0.connectMicros > 0) == ($0.opened == 1) })
        #expect(uses.allSatisfy { $0.repeats == 0 && !$0.hasFailed && $0.tlsMicros == 0 })
    }

    @Test func closeWithTheirClient() async throws {
        let closed = Gate()
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(answer())
            connection.waitForClose()
            closed.open()
        }
        try await onReactor { reactor in
            _ = try await TransferClient(reactor: reactor).perform(TransferRequest(url: server.url()))
            await closed.wait()
        }
    }

    /// libcurl looks for ended connections once a second, so the one who stays asks until the connection is closed.
    @Test func closeWithTheirClientWhereOthersStay() async throws {
        let (closed, atStay) = (Gate(), ScriptedServer { _ in answer("x") })
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(answer())
            connection.waitForClose()
            closed.open()
        }
        let uses = try await onReactor { reactor in
            let stayer = TransferClient(reactor: reactor)
            _ = try await stayer.perform(TransferRequest(url: atStay.url()))
            _ = try await TransferClient(reactor: reactor).perform(TransferRequest(url: server.url()))
            var uses: [ConnectionUse] = []
            while !closed.isOpen {
                uses.append(try await stayer.perform(TransferRequest(url: atStay.url())).connection)
            }
            return uses
        }
        #expect(atStay.connections == 1)
        #expect(uses.allSatisfy { $0.reused == 1 })
    }

    /// What tells the connections of a shard's clients apart is the scope of an address, which ::1 has none of.
    @Test(.enabled(if: HostAddress.all(of: "::1").count == 1, "needs IPv6 on loopback"))
    func overIPv6BelongToTheirClients() async throws {
        let server = ScriptedServer.onIPv6 { connection in
            while connection.readRequest() != nil { connection.send(answer("x")) }
        }
        let uses = try await onReactor { reactor in
            let clients = (0..<3).map { TransferClient(reactor: reactor, number: $0) }
            var uses: [ConnectionUse] = []
            for client in clients + clients {
                uses.append(try await client.perform(TransferRequest(url: server.url(host: "[::1]"))).connection)
            }
            return uses
        }
        #expect(server.connections == 3)
        #expect(uses.map(\.opened) == [1, 1, 1, 0, 0, 0])
    }

    @Test func aLinkLocalAddressHasItsOwnScope() {
        func isLinkLocal(_ url: String, proxy: String = "") -> Bool {
            Hop(request: TransferRequest(url: url), proxy: proxy).isToLinkLocalAddress
        }
        #expect(isLinkLocal("http://[fe80::1%25eth0]:8080/"))
        #expect(isLinkLocal("HTTPS://[FEBF::1]/"))
        #expect(isLinkLocal("http://shop.test/", proxy: "http://user:word@[fe80::1]:3128"))
        #expect(!isLinkLocal("http://[fec0::1]/") && !isLinkLocal("http://[fe8::1]/") && !isLinkLocal("http://[::1]/"))
        #expect(!isLinkLocal("http://fe80.test/") && !isLinkLocal("http://shop.test/?a=[fe80::1]"))
    }

    @Test func oneThatCannotBeOpenedIsTold() async throws {
        let server = ScriptedServer { _ in answer() }
        server.stop()
        let error = try await withClient { await failure(of: TransferRequest(url: server.url()), by: $0) }
        #expect(error?.kind == .refused)
        #expect(error?.connection.hasFailed == true && error?.connection.opened == 0)
    }
}
