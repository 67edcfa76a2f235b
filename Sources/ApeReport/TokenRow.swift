import ApeCore
import ApeMetrics
import ApeRun

/// What every format shows of the model's tokens and of their cost, in some stretch of a run.
package struct TokenRow: Sendable, Equatable {
    /// nil where nobody told of any.
    let tokens: TokenCount?
    let decisions: Int64
    /// The sessions that were successful and, where their goal can be, stateful: what the KPI counts.
    let successfulSessions: Int64
    /// In the price's currency; nil without a price, and where nobody told of any tokens.
    package let cost: Double?

    /// - Parameters:
    ///   - measures: those of the stretch.
    ///   - price: what tokens cost; nil where nothing is said of cost.
    package init(_ measures: [Measures], price: Scenario.TokenPrice?) {
        func total(_ name: CounterName) -> Int64 { measures.reduce(0) { $0.addingClamped($1[name]) } }
        let tokens = TokenCount(measures)
        self.tokens = tokens
        decisions = total(.decisions)
        successfulSessions = total(.sessionsSuccessfulStateful)
        cost = price.flatMap { price in tokens.map { $0.cost(at: price) } }
    }

    /// In and out; nil where nobody told of any.
    var perDecision: Double? {
        guard let tokens, decisions > 0 else { return nil }
        return Double(tokens.all) / Double(decisions)
    }

    /// All that was spent over the sessions that it was spent for; nil where none was successful.
    package var costPerSession: Double? {
        cost.flatMap { successfulSessions > 0 ? $0 / Double(successfulSessions) : nil }
    }

    /// Whether figures rest on tokens that the endpoint did not tell of.
    var isEstimated: Bool { tokens.map { $0.estimated > 0 } ?? false }

    /// Stands before each figure that rests on an estimate.
    private var mark: String { isEstimated ? "~" : "" }
}

extension TokenRow {
    /// The tokens as every format names them; null where nobody told of any.
    package var tokensJSON: JSONValue {
        guard let tokens else { return .null }
        return [
            "in": .integer(tokens.input), "cached": .integer(tokens.cached),
            "cache_write": .integer(tokens.cacheWrite), "reasoning": .integer(tokens.reasoning),
            "out": .integer(tokens.output), "estimated": .integer(tokens.estimated),
            "cached_share_percent": tokens.cachedShare.map { .number(100 * $0) } ?? .null,
            "per_decision": perDecision.map { .number($0) } ?? .null,
        ]
    }

    /// The cost in the price's currency; null where it is not known.
    package var costJSON: JSONValue {
        guard let cost else { return .null }
        return ["total": .number(cost), "per_successful_session": costPerSession.map { .number($0) } ?? .null]
    }
}

extension TokenRow {
    /// A number of tokens; `-` where nobody told of any.
    func text(_ number: (TokenCount) -> Int64) -> String { tokens.map { "\(mark)\(number($0))" } ?? "-" }

    var cachedShareText: String { tokens?.cachedShare.map { mark + FigureText.percent($0) } ?? "-" }

    var perDecisionText: String { perDecision.map { mark + Decimals.text($0, places: 0) } ?? "-" }

    var costText: String { cost.map { mark + FigureText.cost($0) } ?? "-" }

    var costPerSessionText: String { costPerSession.map { mark + FigureText.cost($0) } ?? "-" }

    /// What was used and spent, in a sentence or two; nil where no model was asked.
    var sentence: String? {
        guard decisions > 0 || tokens != nil else { return nil }
        guard let tokens else {
            return "Tokens: no data. The endpoint told of none in \(decisions.counting("decision"))."
        }
        let cached = tokens.cached > 0 ? " (\(cachedShareText) of them from the cache)" : ""
        let reasoning = tokens.reasoning > 0 ? " (\(text(\.reasoning)) of them reasoning)" : ""
        let each = perDecision == nil ? "" : ", \(perDecisionText) a decision"
        let words = "Tokens: \(text(\.input)) in\(cached), \(text(\.output)) out\(reasoning)\(each)."
        return [words, costSentence, estimateSentence].compactMap { $0 }.joined(separator: " ")
    }

    private var costSentence: String? {
        guard cost != nil else { return nil }
        let each =
            costPerSession == nil
            ? "no session was successful and stateful" : "\(costPerSessionText) for each successful stateful session"
        return "Cost: \(costText), \(each)."
    }

    private var estimateSentence: String? {
        guard let tokens, isEstimated else { return nil }
        return "~: \(tokens.estimated) of the tokens are an estimate, since the endpoint did not tell of them."
    }
}
