import ApeCore
import NIOCore

/// A request to the shop, reduced to what decides its answer.
struct ShopRequest: Sendable {
    /// The identifier in the path; empty where the route has none.
    var id = ""
    var category: String?
    /// The session cookie's value.
    var session: String?
    /// The `X-CSRF-Token` header.
    var csrfToken: String?
    /// nil when it was longer than ``DemoShop/maximumBodyBytes``.
    var body: [UInt8]? = []
}

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

    /// An error, in the one form that all of the shop's errors have.
    static func error(_ status: Int, _ code: String, _ message: String) -> ShopAnswer {
        ShopAnswer(status, ["error": ["code": .string(code), "message": .string(message)]])
    }
}

extension ShopRequest {
    /// The body as a JSON object, or the answer that refuses it.
    func object() throws(Refusal) -> JSONObject {
        guard let body else {
            throw Refusal(.error(413, "too_large", "The body is longer than \(DemoShop.maximumBodyBytes) bytes"))
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw Refusal(.error(400, "not_json", error.message))
        }
        guard case .object(let object) = value else {
            throw Refusal(.error(422, "invalid", "The body must be a JSON object, not \(value.typeName)"))
        }
        return object
    }

    /// Carries the answer of a request that cannot be served up to where answers are given.
    struct Refusal: Error {
        var answer: ShopAnswer

        init(_ answer: ShopAnswer) {
            self.answer = answer
        }
    }
}
