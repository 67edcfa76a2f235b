import ApeCore
import Glibc
import HTTPTypes
import HummingbirdCore
import NIOCore

/// One request and its answer.
struct HTTPExchange: Sendable {
    /// Streams at a time.
    static let maximumStreams = 16

    let pages: HTTPPages
    let hosts: HostRule
    let gate: HTTPGate
    let slots: StreamSlots

    /// The response to a request, whatever it holds.
    func response(to request: Request, on channel: any Channel) async -> Response {
        let answer = await answer(to: request, on: channel)
        guard request.method != .head else { return await head(answer) }
        switch answer.body {
        case .text(let text): return response(answer, ResponseBody(byteBuffer: ByteBuffer(string: text)))
        case .bytes(let bytes): return response(answer, ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .events(let events):
            guard let slot = slots.take() else {
                await answer.discard()
                let message = "\(Self.maximumStreams) streams are open: close one, or ask for the page again and again"
                let full = HTTPAnswer.error(503, "too_many_streams", message).adding("Retry-After", "10")
                return response(full, ResponseBody(byteBuffer: ByteBuffer(string: full.text ?? "")))
            }
            let writer = EventWriter(events: events, isServerSent: answer.contentType.hasPrefix("text/event-stream"))
            return response(
                answer,
                ResponseBody { body in
                    defer { withExtendedLifetime(slot) {} }
                    try await channel.triggerUserOutboundEvent(ConnectionDeadline.StreamBegins()).get()
                    try await writer.write(to: &body)
                    try await body.finish(nil)
                }
            )
        }
    }

    /// The same without its body.
    private func head(_ answer: HTTPAnswer) async -> Response {
        await answer.discard()
        let body =
            switch answer.body {
            case .text(let text): ResponseBody(byteBuffer: ByteBuffer(string: text))
            case .bytes(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
            case .events: ResponseBody()
            }
        return response(answer, body).createHeadResponse()
    }

    private func response(_ answer: HTTPAnswer, _ body: ResponseBody) -> Response {
        var headers: HTTPFields = [
            .date: Timestamp.httpDate(seconds: Int64(time(nil))), .contentType: answer.contentType,
            .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            // A connection is for one request, so that its whole life can be bounded.
            .connection: "close",
        ]
        for field in answer.headers {
            guard let name = HTTPField.Name(field.name) else { continue }
            headers[name] = field.value
        }
        return Response(status: .init(code: answer.status), headers: headers, body: body)
    }

    private func answer(to request: Request, on channel: any Channel) async -> HTTPAnswer {
        guard hosts.accepts(request.head.authority) else { return HostRule.refusal }
        let (method, path) = (request.method.rawValue, request.uri.path)
        if let refusal = pages.refusal(of: method, path) { return refusal }
        let (mayControl, refusal) = gate.judge(method, HTTPCredentials(request, peer: channel.remoteAddress))
        if let refusal { return refusal }
        guard let query = HTTPRequest.parts(ofQuery: request.uri.query ?? "") else {
            return .error(400, "repeated_parameter", "A parameter of the query stands twice: give each once")
        }
        if path == HTTPGate.openPath, gate.rights != nil {
            return gate.open(method == "HEAD" ? nil : query["key"])
        }
        var asked = HTTPRequest(
            method: method == "HEAD" ? "GET" : method,
            path: path,
            query: query,
            lastEventID: Field.lastEventID.flatMap { request.headers[$0] },
            accept: request.headers[.accept],
            mayControl: mayControl
        )
        if asked.method != "GET" {
            let hasBody = request.headers[.contentLength] != nil || request.headers[.transferEncoding] != nil
            let length = hasBody ? request.headers[.contentLength].flatMap { Int($0) } : 0
            let type = request.headers[.contentType]
            if let refusal = gate.refusal(ofBody: type, length: length) { return refusal }
            do {
                asked.body = Array(buffer: try await request.body.collect(upTo: HTTPRequest.maximumBody))
            } catch {
                return HTTPGate.tooLarge
            }
        }
        return await pages.answer(asked)
    }
}

/// Fields that have no name of their own.
private enum Field {
    static let lastEventID = HTTPField.Name("Last-Event-ID")
    static let fetchSite = HTTPField.Name("Sec-Fetch-Site")
}

extension HTTPCredentials {
    fileprivate init(_ request: Request, peer: SocketAddress?) {
        self.init(
            authorizations: request.headers[values: .authorization],
            cookies: request.headers[values: .cookie],
            origin: request.headers[.origin],
            fetchSite: Field.fetchSite.flatMap { request.headers[$0] },
            authority: request.head.authority,
            peer: peer?.ipAddress ?? ""
        )
    }
}
