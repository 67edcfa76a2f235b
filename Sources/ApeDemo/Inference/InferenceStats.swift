import ApeCore

/// Exact counts of the endpoint's answers. The counts of the outcomes sum to the number of requests.
struct InferenceStats: Sendable {
    enum Outcome: String, Sendable, CaseIterable {
        /// A complete answer, with or without a deliberate mistake.
        case decision = "decisions"
        case rateLimited = "rate_limited"
        case streamError = "stream_errors"
        /// Answered with 400, 401, 404 or 413.
        case refused
        /// Answered with 503, because too many requests wait for a slot.
        case overloaded
    }

    private(set) var requests = 0
    private var outcomes: [Outcome: Int] = [:]
    private var mistakes = 0
    private(set) var (tokensIn, tokensCached, tokensOut) = (0, 0, 0)

    /// Counts a new request and returns its number, from 0.
    mutating func begin() -> Int {
        requests += 1
        return requests - 1
    }

    mutating func count(_ outcome: Outcome) {
        outcomes[outcome, default: 0] += 1
    }

    mutating func countAnswer(_ draw: InferenceDraw, _ usage: Completion.Usage) {
        count(draw.streamError == nil ? .decision : .streamError)
        if draw.mistake != nil { mistakes += 1 }
        guard draw.streamError == nil else { return }
        tokensIn += usage.prompt
        tokensCached += usage.cached
        tokensOut += usage.completion
    }

    /// The members of `GET /demo/stats` that are counts.
    var json: JSONObject {
        var object: JSONObject = ["requests": .integer(Int64(requests))]
        for outcome in Outcome.allCases { object[outcome.rawValue] = .integer(Int64(outcomes[outcome] ?? 0)) }
        object["mistakes"] = .integer(Int64(mistakes))
        object["tokens_in"] = .integer(Int64(tokensIn))
        object["tokens_cached"] = .integer(Int64(tokensCached))
        object["tokens_out"] = .integer(Int64(tokensOut))
        return object
    }
}
