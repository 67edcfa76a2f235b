import ApeCore
import ApeMetrics

/// Tokens by what they were for, as the model's endpoint counts them; of failed attempts too.
///
/// Its numbers agree whatever a worker sends: no part is greater than what it is a part of.
package struct TokenCount: Sendable, Equatable {
    /// All of the prompts, ``cached`` and ``cacheWrite`` included.
    package let input: Int64
    /// What of the prompts the endpoint read from its cache.
    package let cached: Int64
    /// What of the prompts the endpoint wrote into its cache.
    package let cacheWrite: Int64
    /// All that was generated, ``reasoning`` included.
    package let output: Int64
    package let reasoning: Int64
    /// What of ``input`` and ``output`` is an estimate, since the endpoint did not say.
    package let estimated: Int64

    /// The tokens of some measures together; nil where nobody told of any. Counters that an older worker does not have
    /// are 0.
    package init?(_ measures: some Collection<Measures>) {
        func total(_ name: CounterName) -> Int64 { measures.reduce(0) { $0.addingClamped($1[name]) } }
        input = total(.tokensIn)
        output = total(.tokensOut)
        cached = min(total(.tokensCached), input)
        cacheWrite = min(total(.tokensCacheWrite), input - cached)
        reasoning = min(total(.tokensReasoning), output)
        estimated = min(total(.tokensEstimated), input.addingClamped(output))
        guard input > 0 || output > 0 else { return nil }
    }

    /// In and out together.
    package var all: Int64 { input.addingClamped(output) }

    /// What share of the prompts came from the endpoint's cache, 0 to 1; nil without prompts.
    package var cachedShare: Double? { input > 0 ? Double(cached) / Double(input) : nil }

    /// What they cost, in the price's currency.
    package func cost(at price: Scenario.TokenPrice) -> Double {
        let parts = [
            (input - cached - cacheWrite, price.input), (cached, price.cachedInput ?? price.input),
            (cacheWrite, price.cacheWrite ?? price.input), (output, price.output),
        ]
        return parts.reduce(0) { $0 + Double($1.0) * $1.1 / Self.pricedTokens }
    }

    /// So many tokens a price is for.
    private static let pricedTokens = 1_000_000.0
}

extension RunLedger {
    /// The tokens of the whole run: money is spent in ramps, in warm-up and after the last hold too. nil where nobody
    /// told of any.
    package var tokens: TokenCount? { TokenCount(stages.flatMap { [$0.hold, $0.aside] }) }
}
