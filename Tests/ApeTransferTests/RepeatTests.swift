import Synchronization
import Testing

@testable import ApeTransfer

/// What is sent a second time because its connection ended, and what is not.
struct RepeatTests {
    /// Answers the first request of each connection, and resets the connection at the second.
    private static func makeServer(_ received: Counter) -> ScriptedServer {
        ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            received.add()
            connection.send(answer("good"))
            guard connection.readRequest() != nil else { return }
            received.add()
            connection.reset()
        }
    }

    @Test(arguments: ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
    func whatHasOneEffectGoesOutAgain(method: String) async throws {
        let received = Counter()
        let server = Self.makeServer(received)
        let second = try await withClient { client in
            _ = try await client.perform(TransferRequest(url: server.url()))
            return try await client.perform(TransferRequest(method: method, url: server.url()))
        }
        #expect(second.status == 200)
        #expect(second.connection.repeats == 1 && second.connection.reused == 1 && second.connection.opened == 1)
        #expect(received.count == 3)
    }

    @Test(arguments: ["POST", "PATCH"], [nil, Array("{}".utf8)] as [[UInt8]?])
    func whatMayHaveTwoDoesNot(method: String, body: [UInt8]?) async throws {
        let received = Counter()
        let server = Self.makeServer(received)
        let error = try await withClient { client in
            _ = try await client.perform(TransferRequest(url: server.url()))
            return await failure(of: TransferRequest(method: method, url: server.url(), body: body), by: client)
        }
        #expect(error?.kind == .closed)
        #expect(error?.connection.repeats == 0 && error?.connection.reused == 1)
        #expect(error?.message.hasSuffix("a \(method) that it may have processed is not sent again") == true)
        #expect(received.count == 2)
    }

    @Test func anIdleConnectionThatWasClosedIsNotUsed() async throws {
        let received = Counter()
        let closed = Gate()
        let server = ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            received.add()
            connection.send(answer("once"))
            connection.close()
            closed.open()
        }
        let second = try await withClient { client in
            let request = TransferRequest(method: "POST", url: server.url(), body: [])
            _ = try await client.perform(request)
            await closed.wait()
            // The connection's end is under way; on a busy machine these round trips give it the time to arrive.
            let neighbour = ScriptedServer { _ in answer() }
            for _ in 0..<20 { _ = try await client.perform(TransferRequest(url: neighbour.url())) }
            return try await client.perform(request)
        }
        #expect(second.text == "once" && second.connection.repeats == 0 && received.count == 2)
    }

    /// RFC 9113, section 8.7: a stream that was refused, or that is above the last one of a GOAWAY, was not processed.
    @Test(arguments: [
        ("POST", HTTP2Frame.refusal(stream: 1)), ("GET", HTTP2Frame.refusal(stream: 1)),
        ("GET", HTTP2Frame.goAway(lastStream: 0)),
    ])
    func whatTheServerRefusedGoesOutAgain(method: String, refusal: [UInt8]) async throws {
        let received = Counter()
        let server = ScriptedServer { connection in
            guard connection.readHTTP2Request() else { return }
            received.add()
            connection.send(HTTP2Frame.settings + (received.count == 1 ? refusal : HTTP2Frame.emptyAnswer(stream: 1)))
            connection.waitForClose()
        }
        let response = try await withClient { client in
            var request = TransferRequest(method: method, url: server.url(), body: method == "GET" ? nil : [])
            request.httpVersion = .http2PriorKnowledge
            return try await client.perform(request)
        }
        #expect(response.status == 200 && response.connection.repeats == 1 && received.count == 2)
    }

    @Test func theRuleItself() {
        for method in ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"] {
            #expect(RepeatRule.allows(method, wasSent: true, wasRefused: false))
        }
        for method in ["POST", "PATCH", "LOCK", "get"] {
            #expect(!RepeatRule.allows(method, wasSent: true, wasRefused: false))
            #expect(RepeatRule.allows(method, wasSent: false, wasRefused: false))
            #expect(RepeatRule.allows(method, wasSent: true, wasRefused: true))
        }
    }
}

/// Counts across threads.
final class Counter: Sendable {
    private let value = Atomic(0)

    var count: Int { value.load(ordering: .sequentiallyConsistent) }

    func add() {
        value.add(1, ordering: .sequentiallyConsistent)
    }
}

/// Frames of HTTP/2 (RFC 9113, section 6) that a server of one answer sends.
enum HTTP2Frame {
    static let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]

    /// RST_STREAM with REFUSED_STREAM.
    static func refusal(stream: UInt8) -> [UInt8] {
        [0, 0, 4, 3, 0, 0, 0, 0, stream, 0, 0, 0, 7]
    }

    /// GOAWAY without an error.
    static func goAway(lastStream: UInt8) -> [UInt8] {
        [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, lastStream, 0, 0, 0, 0]
    }

    /// HEADERS with `:status: 200` (HPACK's entry 8), which end both the headers and the stream.
    static func emptyAnswer(stream: UInt8) -> [UInt8] {
        [0, 0, 1, 1, 5, 0, 0, 0, stream, 0x88]
    }
}
