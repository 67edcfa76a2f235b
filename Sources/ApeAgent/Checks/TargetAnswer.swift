import ApeCore
import ApeTransfer

/// An answer of a target, with the request that it answers. Its body is parsed when it is first asked for, and once.
struct TargetAnswer {
    let target: Int
    let method: String
    /// The request's path with its query.
    let path: String
    let response: TransferResponse
    private var parsed: JSONValue??

    init(target: Int, method: String, path: String, response: TransferResponse) {
        self.target = target
        self.method = method
        self.path = path
        self.response = response
    }

    /// The body as JSON; nil where it is not, or was cut short.
    mutating func json() -> JSONValue? {
        if let parsed { return parsed }
        let value = response.truncated ? nil : try? JSONValue(parsing: response.body)
        parsed = .some(value)
        return value
    }

    /// All values of a header.
    func headers(_ name: String) -> [String] {
        response.headers.values(name)
    }
}
