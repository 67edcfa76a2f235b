import ApeCore

/// Exact counts of the endpoint's answers. The counts of the outcomes sum to the number of requests, but for those that
/// their clients gave up before they were begun.
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

    private var outcomes: [Outcome: Int] = [:]
    private var mistakes = 0
    private(set) var (tokensIn, tokensCached, tokensOut) = (0, 0, 0)

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

    /// How many requests came to this.
    subscript(outcome: Outcome) -> Int { outcomes[outcome] ?? 0 }

    /// Adds the counts of other answers.
    mutating func add(_ others: InferenceStats) {
        outcomes.merge(others.outcomes, uniquingKeysWith: +)
        mistakes += others.mistakes
        tokensIn += others.tokensIn
        tokensCached += others.tokensCached
        tokensOut += others.tokensOut
    }

    /// The members of `GET /demo/stats` that are counts.
    var json: JSONObject {
        var object = JSONObject()
        for outcome in Outcome.allCases { object[outcome.rawValue] = .integer(Int64(self[outcome])) }
        object["mistakes"] = .integer(Int64(mistakes))
        object["tokens_in"] = .integer(Int64(tokensIn))
        object["tokens_cached"] = .integer(Int64(tokensCached))
        object["tokens_out"] = .integer(Int64(tokensOut))
        return object
    }
}
