import ApeCore

/// Exact counts of the endpoint's answers. The counts of the outcomes sum to the number of requests.
struct InferenceStats: Sendable {
    enum Outcome: String, Sendable, CaseIterable {
        /// A complete answer, with or without a deliberate mistake.
        case decision = "decisions"
        case rateLimited = "rate_limited"
        case streamError = "stream_errors"
        /// Answered with 400, 401 or 413.
        case refused
        /// Answered with 503, because too many requests wait for a slot.
        case overloaded
    }

    private(set) var requests = 0
    private var outcomes: [Outcome: Int] = [:]
    private var mistakes = 0
    private var tokensOut = 0

    /// Counts a new request and returns its number, from 0.
    mutating func begin() -> Int {
        requests += 1
        return requests - 1
    }

    mutating func count(_ outcome: Outcome) {
        outcomes[outcome, default: 0] += 1
    }

    mutating func countAnswer(_ draw: InferenceDraw, tokens: Int) {
        count(draw.streamError == nil ? .decision : .streamError)
        if draw.mistake != nil { mistakes += 1 }
        if draw.streamError == nil { tokensOut += tokens }
    }

    /// The members of `GET /demo/stats` that are counts.
    var json: JSONObject {
        var object: JSONObject = ["requests": .integer(Int64(requests))]
        for outcome in Outcome.allCases { object[outcome.rawValue] = .integer(Int64(outcomes[outcome] ?? 0)) }
        object["mistakes"] = .integer(Int64(mistakes))
        object["tokens_out"] = .integer(Int64(tokensOut))
        return object
    }
}
