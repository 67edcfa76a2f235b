import Testing

@testable import ApeTransfer

/// Many clients at once, and tasks that are cancelled.
struct ConcurrencyTests {
    @Test func servesManyClientsOverSeveralShards() async throws {
        let server = ScriptedServer { answer($0.path, headers: ["Set-Cookie: who=\($0.path.dropFirst())"]) }
        let (good, shards) = try await onReactor { reactor in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for agent in 0..<300 {
                    group.addTask(executorPreference: reactor) {
                        let client = TransferClient(reactor: reactor)
                        var good = 0
                        for round in 0..<4 {
                            let response = try await client.perform(TransferRequest(url: server.url("/\(agent)")))
                            if response.text == "/\(agent)", response.sentCookie == (round > 0) { good += 1 }
                        }
                        try await reactor.sleep(micros: 20_000)
                        return good
                    }
                }
                var good = 0
                for try await part in group { good += part }
                return (good, reactor.confined?.shards.count)
            }
        }
        #expect(good == 1_200)
        #expect(shards == 3)
        #expect(server.connections <= 300)
    }

    @Test func aClientsPlaceIsFreeAgainAfterIt() async throws {
        let server = ScriptedServer { _ in answer() }
        let shards = try await onReactor { reactor in
            for _ in 0..<300 {
                let client = TransferClient(reactor: reactor, connections: .shared)
                _ = try await client.perform(TransferRequest(url: server.url()))
            }
            return reactor.confined?.shards.map(\.clients)
        }
        #expect(shards?.count == 1)
        #expect(server.connections == 1)
    }

    @Test func cancellationEndsATransferAtOnce() async throws {
        let arrived = Gate()
        let closed = Gate()
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            arrived.open()
            connection.waitForClose()
            closed.open()
        }
        let reactor = Reactor(name: "test")
        defer { reactor.shutdown() }
        let task = Task(executorPreference: reactor) {
            await failure(of: .patient(server.url()), by: TransferClient(reactor: reactor))
        }
        await arrived.wait()
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
        await closed.wait()
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let server = ScriptedServer { _ in answer() }
        let error = try await onReactor { reactor in
            await withTaskGroup(of: TransferError?.self) { group in
                group.cancelAll()
                group.addTask(executorPreference: reactor) {
                    await failure(of: TransferRequest(url: server.url()), by: TransferClient(reactor: reactor))
                }
                return await group.next() ?? nil
            }
        }
        #expect(error?.kind == .cancelled)
        #expect(error?.startedMicros == nil)
        #expect(server.connections == 0)
    }
}
