import ApeCore

/// The parts of a request that its answer depends on.
struct ShopRequest: Sendable {
    /// The identifier in the path; empty where the route has none.
    var id = ""
    var category: String?
    /// The session cookie's value.
    var session: String?
    /// The `X-CSRF-Token` header.
    var csrfToken: String?
    /// nil where it is longer than ``DemoShop/maximumBodyBytes``.
    var body: [UInt8]? = []
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

    /// The answer to a request that cannot be served, thrown so that the steps of serving it end.
    ///
    /// It is no `ApeError` because it holds a whole answer. No other module sees it.
    struct Refusal: Error {
        var answer: ShopAnswer

        init(_ answer: ShopAnswer) {
            self.answer = answer
        }
    }
}
