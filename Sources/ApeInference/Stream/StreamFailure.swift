import ApeMetrics

/// Why a stream that began with status 200 is a failed decision and not a short answer.
///
/// It is no `ApeError` because what an attempt is counted as is a switch over its cases.
package enum StreamFailure: Error, Equatable, Sendable {
    /// The server put an error object into the stream.
    case errorObject(message: String, code: String?)
    /// An event's data is not a completion chunk.
    case malformed(String)
    /// The stream ended with neither `[DONE]` nor a finish reason.
    case cutShort
    /// One event, or the answer as a whole, exceeds its limit.
    case tooLarge
    /// The endpoint answered with one JSON document although a stream was asked for: a time to first token cannot
    /// be measured on it, and calling the whole answer's time that would flatter no one and mislead everyone.
    case notStreaming

    /// What it is counted as.
    var fault: AttemptFault {
        switch self {
        case .errorObject: .errorObject
        case .malformed: .malformed
        case .cutShort: .stream
        case .tooLarge: .tooLarge
        case .notStreaming: .notStreaming
        }
    }

    /// A sentence for people.
    var message: String {
        switch self {
        case .errorObject(let message, let code):
            "error object in mid-stream\(code.map { " (\($0))" } ?? ""): \(message)"
        case .malformed(let detail): "malformed stream event: \(detail)"
        case .cutShort: "the stream ended with neither [DONE] nor a finish reason"
        case .tooLarge: "the stream exceeds the limit of one answer"
        case .notStreaming: "the endpoint answered with one JSON document although stream: true was asked for"
        }
    }
}
