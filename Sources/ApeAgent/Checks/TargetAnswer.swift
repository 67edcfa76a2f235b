import ApeCore
import ApeTransfer

/// An answer of a target, with the request that it answers. Checks, captures and the usual names share its parsed body.
struct TargetAnswer {
    let target: Int
    let method: String
    /// The request's path with its query.
    let path: String
    let response: TransferResponse
    /// The body as JSON, once it was asked for; `.some(nil)` where it is no JSON.
    private var parsed: JSONValue??

    init(target: Int, method: String, path: String, response: TransferResponse) {
        self.target = target
        self.method = method
        self.path = path
        self.response = response
    }

    init(to request: PlannedRequest, _ response: TransferResponse) {
        self.init(target: request.target, method: request.request.method, path: request.path, response: response)
    }

    /// The body as JSON, parsed when it is first asked for; nil where it is not, or was cut short.
    mutating func json() -> JSONValue? {
        if let parsed { return parsed }
        let value = response.truncated ? nil : try? JSONValue(parsing: response.body)
        parsed = .some(value)
        return value
    }

    /// The values of the body that have a usual name. Nothing is parsed for them: a body that nobody has asked for as
    /// JSON is skimmed, which costs a fraction of that and also works where the body was cut short.
    func usualValues() -> [StateValue] {
        if case .some(.some(let document)) = parsed { return UsualNames.values(in: document) }
        return UsualNames.values(inJSON: response.body)
    }

    /// All values of a header.
    func headers(_ name: String) -> [String] {
        response.headers.values(name)
    }
}
