import ApeCore
import NIOHTTP1

extension Scenario.InferenceAPI {
    /// The status of an answer of this API to a server's failure: Anthropic has one of its own for too much load.
    private func status(_ status: Int) -> Int {
        self == .messages && status == 503 ? 529 : status
    }

    /// An error in the form of this API.
    ///
    /// - Parameters:
    ///   - status: the HTTP status that OpenAI's APIs have for it.
    ///   - message: what is wrong.
    ///   - code: the error's code where it is not the usual one of its status.
    ///   - retryAfter: whether the client is told when to come again.
    ///   - allow: the method that is allowed instead.
    /// - Returns: the whole answer.
    func error(
        _ status: Int,
        _ message: String,
        code: String? = nil,
        retryAfter: Bool = false,
        allow: String? = nil
    ) -> DemoAnswer {
        let body = self == .messages ? Self.anthropic(status, message) : Self.openAI(status, message, code)
        var answer = DemoAnswer(json: body, status: self.status(status))
        if retryAfter { answer.headers.add(name: "Retry-After", value: "\(SimulatedInference.retryAfterSeconds)") }
        if let allow { answer.headers.add(name: "Allow", value: allow) }
        return answer
    }

    private static func openAI(_ status: Int, _ message: String, _ code: String?) -> JSONValue {
        let (type, usualCode) =
            switch status {
            case 401: ("authentication_error", "invalid_api_key")
            case 429: ("rate_limit_error", "rate_limit_exceeded")
            case 500...: ("server_error", "overloaded")
            default: ("invalid_request_error", "invalid_request")
            }
        return [
            "error": [
                "message": .string(message), "type": .string(type), "param": nil, "code": .string(code ?? usualCode),
            ]
        ]
    }

    private static func anthropic(_ status: Int, _ message: String) -> JSONValue {
        let type =
            switch status {
            case 401: "authentication_error"
            case 404: "not_found_error"
            case 413: "request_too_large"
            case 429: "rate_limit_error"
            case 503: "overloaded_error"
            case 500...: "api_error"
            default: "invalid_request_error"
            }
        return [
            "type": "error", "error": ["type": .string(type), "message": .string(message)],
            "request_id": "req_demo",
        ]
    }
}
