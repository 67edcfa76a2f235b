import ApeCore
import NIOCore
import NIOHTTP1

/// A request with its body.
struct DemoRequest: Sendable {
    let head: HTTPRequestHead
    /// nil where it is longer than what the service reads.
    let body: [UInt8]?
    /// What stands before the question mark.
    let path: String
    /// What follows it.
    let query: String?

    init(head: HTTPRequestHead, body: [UInt8]?) {
        self.head = head
        self.body = body
        if let mark = head.uri.utf8.firstIndex(of: UInt8(ascii: "?")) {
            path = String(head.uri[..<mark])
            query = String(head.uri[head.uri.index(after: mark)...])
        } else {
            path = head.uri
            query = nil
        }
    }
}

/// An answer whose body is whole, or the head of one whose body comes in parts.
struct DemoAnswer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body = ByteBuffer()

    init(status: Int, contentType: String, body: ByteBuffer = ByteBuffer()) {
        self.status = status
        headers = ["Content-Type": contentType]
        self.body = body
    }

    /// An answer with a JSON body.
    init(json: ByteBuffer, status: Int) {
        self.init(status: status, contentType: "application/json", body: json)
    }

    /// An answer with a JSON body.
    init(json: JSONValue, status: Int) {
        self.init(json: ByteBuffer(bytes: json.utf8), status: status)
    }
}
