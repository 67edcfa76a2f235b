import ApeCore
import NIOCore

/// The shop's answer to one request.
struct ShopAnswer: Sendable, Equatable {
    var status: Int
    var body: ByteBuffer
    /// The session to set as a cookie.
    var newSession: String?
    /// The `Allow` header of a 405.
    var allow: String?
    /// Seconds for the `Retry-After` header.
    var retryAfter: Int?

    init(_ status: Int, _ body: ByteBuffer) {
        self.status = status
        self.body = body
    }

    init(_ status: Int, _ body: JSONValue) {
        self.init(status, ByteBuffer(bytes: body.utf8))
    }

    /// An error, in the form that all of the shop's errors have.
    static func error(_ status: Int, _ code: String, _ message: String) -> ShopAnswer {
        ShopAnswer(status, ["error": ["code": .string(code), "message": .string(message)]])
    }
}
