import ApeCore
import ApeMetrics

/// Why a stream that began with status 200 is a failed decision and not a short answer.
///
/// It is no `ApeError` because what an attempt is counted as is a switch over its cases.
package enum StreamFailure: Error, Equatable, Sendable {
    /// The server put an error object into the stream, or in the stream's place; its words as long as they are.
    case errorObject(message: String, code: String?)
    /// An event's data is not what the dialect allows.
    case malformed(String)
    /// The stream ended without saying that the answer is over.
    case cutShort
    /// One event, or the answer as a whole, exceeds its limit.
    case tooLarge
    /// The endpoint answered with one JSON document although a stream was asked for: a time to first token cannot
    /// be measured on it, and calling the whole answer's time that would flatter no one and mislead everyone.
    case notStreaming
    /// The endpoint answered with a page for people.
    case page

    /// What an answer without a single event is.
    ///
    /// - Parameter document: its beginning, where that was no event; empty for nothing.
    init(document: [UInt8]) {
        switch document.first(where: { $0 > 0x20 }) {
        case nil: self = .cutShort
        case UInt8(ascii: "<"): self = .page
        default:
            guard let error = EndpointError(body: document), error.isError else {
                self = .notStreaming
                return
            }
            self = .errorObject(message: error.message, code: error.code)
        }
    }

    /// What it is counted as.
    var fault: AttemptFault {
        switch self {
        case .errorObject: .errorObject
        case .malformed: .malformed
        case .cutShort: .stream
        case .tooLarge: .tooLarge
        case .notStreaming, .page: .notStreaming
        }
    }

    /// A sentence for people, in which no secret stands.
    func message(hiding mask: SecretMask) -> String {
        switch self {
        case .errorObject(let message, let code):
            "the endpoint sent an error in its stream"
                + (code.map { " (\(EndpointError.word($0, hiding: mask)))" } ?? "")
                + ": \(EndpointError.line(message, hiding: mask))"
        case .malformed(let detail): "malformed stream event: \(EndpointError.line(detail, hiding: mask))"
        case .cutShort: "the stream ended with neither [DONE] nor a finish reason"
        case .tooLarge: "the stream exceeds the limit of one answer"
        case .notStreaming: "the endpoint answered with one JSON document although stream: true was asked for"
        case .page: "the endpoint answered with an HTML page: inference.url does not lead to its API"
        }
    }

    /// Whether another attempt may do better where no token has come yet: not where the endpoint's own code says that
    /// the request is wrong.
    var mayPass: Bool {
        switch self {
        case .errorObject(_, let code):
            guard let code else { return true }
            if let status = Int(code) { return status == 408 || status == 409 || status == 429 || status >= 500 }
            return !Self.lastingCodes.contains(code)
        case .cutShort: return true
        case .malformed, .tooLarge, .notStreaming, .page: return false
        }
    }

    /// Codes of a request that is wrong and stays wrong.
    private static let lastingCodes: Set<String> = [
        "invalid_request_error", "invalid_request", "invalid_prompt", "authentication_error", "permission_error",
        "not_found_error", "insufficient_quota", "billing_error", "context_length_exceeded",
        "exceed_context_size_error",
        "INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED", "UNAUTHENTICATED",
    ]
}
