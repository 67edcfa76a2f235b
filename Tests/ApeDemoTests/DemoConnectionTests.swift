import ApeCore
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import ApeDemo

@Suite("Connections of the demo's services")
struct DemoConnectionTests {
    @Test("Requests that come at once are answered one after the other, in their order")
    func pipelining() throws {
        var configuration = DemoShop.Configuration()
        try configuration.slow("GET /api/products", latencyMicros: 800_000)
        let peer = try DemoPeer(DemoShop(configuration: configuration))
        peer.ask(.GET, "/api/products")
        peer.ask(.GET, "/api/products/p-999")
        peer.ask(.GET, "/healthz")
        peer.loop.advanceTime(by: .hours(1))
        #expect(try peer.reply().status == 200)
        #expect(try peer.reply().status == 404)
        #expect(String(buffer: try peer.reply().body) == #"{"status":"ok"}"#)
    }

    @Test("A client that sends more at once than may wait is cut off")
    func tooMany() throws {
        let shop = DemoShop(configuration: .init())
        let peer = try DemoPeer(shop)
        for _ in 0...(DemoConnection.maximumWaiting + 1) { peer.ask(.GET, "/api/products") }
        peer.loop.advanceTime(by: .hours(1))
        #expect(try !peer.hasAnswer())
        let stats = try DemoClient(service: shop).execute(.GET, "/demo/stats")
        let dropped = try JSONValue(parsing: Array(stats.body.readableBytesView))["dropped"]
        #expect(dropped?.integer == Int64(DemoConnection.maximumWaiting + 1))
    }

    @Test("Whether a connection stays is for its client to say, and a client of HTTP/1.0 is told")
    func keepingAlive() throws {
        let client = DemoClient(service: DemoShop(configuration: .init()))
        let stays = try client.execute(.GET, "/healthz")
        #expect(stays.headers["Connection"].isEmpty)
        #expect(stays.headers.first(name: "Date") == "Thu, 01 Jan 1970 00:00:01 GMT")
        let ends = try client.execute(.GET, "/healthz", headers: ["Connection": "close"])
        #expect(ends.headers["Connection"] == ["close"])
        let head = try client.execute(.HEAD, "/nowhere")
        #expect(head.status == 404 && head.body.readableBytes == 0)
        #expect(head.headers["Content-Length"] != ["0"])
    }

    @Test("Answers go over the wire as HTTP has them, with a length or in chunks")
    func wire() throws {
        let peer = try DemoPeer(DemoShop(configuration: .init()))
        peer.ask(.GET, "/healthz")
        peer.loop.advanceTime(by: .hours(1))
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n"
        #expect(try peer.written() == head + "Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n\r\n" + #"{"status":"ok"}"#)
        let model = try DemoPeer(SimulatedInference(configuration: .init(), clock: { 1_000_000 }))
        model.ask(.POST, "/v1/chat/completions", body: Chat("Buy headphones").buffer)
        model.loop.advanceTime(by: .hours(1))
        let stream = try model.written()
        let begin = "Date: Thu, 01 Jan 1970 00:00:01 GMT\r\ntransfer-encoding: chunked\r\n\r\n"
        #expect(
            stream.hasPrefix(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\n"
                    + begin
            )
        )
        #expect(stream.hasSuffix("data: [DONE]\n\n\r\n0\r\n\r\n"))
    }

    @Test("A client that does not speak HTTP is told so, but not in the middle of an answer")
    func noHTTP() throws {
        let peer = try DemoPeer(DemoShop(configuration: .init()))
        peer.fail(HTTPParserError.invalidMethod)
        #expect(try peer.written() == "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        let broken = try DemoPeer(DemoShop(configuration: .init()))
        broken.fail(DemoClient.BrokenOff())
        #expect(try broken.written() == "")
        let model = try DemoPeer(SimulatedInference(configuration: .init()))
        model.ask(.POST, "/v1/chat/completions", body: Chat("Buy headphones").buffer)
        model.loop.run()
        while try !model.hasAnswer() { model.loop.advanceTime(by: .milliseconds(1)) }
        model.fail(HTTPParserError.invalidMethod)
        #expect(try model.written() == "")
    }

    @Test("An address of this machine serves no page that names another one")
    func hosts() throws {
        let client = DemoClient(service: DemoShop(configuration: .init()))
        #expect(try client.execute(.GET, "/healthz", headers: ["Host": "127.0.0.1:8080"]).status == 200)
        #expect(try client.execute(.GET, "/healthz", headers: ["Host": "evil.example"]).status == 421)
    }
}
