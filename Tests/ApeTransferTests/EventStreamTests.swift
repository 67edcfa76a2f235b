import Testing

@testable import ApeTransfer

/// Answers that are streams of events, read whole: when each part came, and how long they are listened to.
struct EventStreamTests {
    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test func tellsWhenEachPartCame() async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(Self.head)
            for number in 1...3 {
                connection.send(chunk("data: \(number)\n\n"))
                connection.pause(millis: 20)
            }
            connection.send(chunk(""))
        }
        let response = try await withClient { try await $0.perform(.patient(server.url())) }
        #expect(response.isStream && !response.wasListenedTo)
        #expect(response.text == "data: 1\n\ndata: 2\n\ndata: 3\n\n")
        #expect(response.arrivals.last?.endByte == 27)
        let times = response.arrivals.map(\.atMicros)
        #expect(
            times == times.sorted() && times.allSatisfy { $0 >= response.startedMicros && $0 <= response.endedMicros }
        )
    }

    @Test(arguments: [
        ("text/event-stream; charset=utf-8", true), ("Application/X-NDJSON", true), ("application/jsonl", true),
        ("application/json-seq", true), ("application/stream+json", true), ("application/json", false),
        ("text/html", false),
    ])
    func theContentsTypeDecides(type: String, isStream: Bool) async throws {
        let server = ScriptedServer { _ in answer("{}\n", headers: ["content-TYPE: \(type)"]) }
        let response = try await withClient { try await $0.perform(TransferRequest(url: server.url())) }
        #expect(response.isStream == isStream && response.arrivals.isEmpty != isStream)
    }

    @Test func onlyWhatIsKeptHasTimes() async throws {
        let server = ScriptedServer { _ in answer("123456789", headers: ["Content-Type: text/event-stream"]) }
        var request = TransferRequest(url: server.url())
        request.bodyLimit = 4
        let response = try await withClient { [request] in try await $0.perform(request) }
        #expect(response.truncated && response.bodyBytes == 9 && response.arrivals.map(\.endByte) == [4])
    }

    @Test func anEndlessStreamIsListenedToForAWhile() async throws {
        let closed = Gate()
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(Self.head + chunk("data: 1\n\n"))
            connection.waitForClose()
            closed.open()
        }
        let response = try await withClient { client in
            var request = TransferRequest.patient(server.url())
            request.listenMicros = 50_000
            let response = try await client.perform(request)
            await closed.wait()
            return response
        }
        #expect(response.status == 200 && response.text == "data: 1\n\n" && response.wasListenedTo)
        #expect(response.endedMicros - response.firstByteMicros >= 50_000)
    }

    @Test func aSilentStreamIsListenedToAsWell() async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(Self.head)
            connection.waitForClose()
        }
        let response = try await withClient { client in
            var request = TransferRequest.patient(server.url())
            request.listenMicros = 1_000
            return try await client.perform(request)
        }
        #expect(response.isStream && response.wasListenedTo && response.arrivals.isEmpty)
    }

    @Test func listeningIsForStreamsAlone() async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n")
            connection.pause(millis: 30)
            connection.send("{}")
        }
        let response = try await withClient { client in
            var request = TransferRequest.patient(server.url())
            request.listenMicros = 1_000
            return try await client.perform(request)
        }
        #expect(response.text == "{}" && !response.wasListenedTo)
    }

    @Test func aBrokenStreamLeavesWhatCame() async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(Self.head + chunk("data: 1\n\n"))
            connection.close()
        }
        let error = try await withClient { await failure(of: .patient(server.url()), by: $0) }
        #expect(error?.kind == .closed || error?.kind == .protocolError)
        #expect(error?.partial?.text == "data: 1\n\n" && error?.partial?.arrivals.count == 1)
    }
}
