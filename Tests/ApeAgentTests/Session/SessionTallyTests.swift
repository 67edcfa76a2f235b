import ApeMetrics
import Testing

@testable import ApeAgent
@testable import ApeInference

/// What is counted of a decision.
struct SessionTallyTests {
    @Test func tokensOfFailedAttemptsCountToo() {
        var outcome = DecisionOutcome(startedMicros: 0)
        outcome.usage = TokenUsage(prompt: 1_000, completion: 200, cached: 600, cacheWrite: 100, reasoning: 150)
        outcome.estimatedTokens = 40
        var tally = WindowTally()
        tally.record(outcome)
        let tokens = tally.counters.filter { $0.key.rawValue.hasPrefix("tokens") }
        #expect(
            tokens == [
                .tokensIn: 1_000, .tokensOut: 200, .tokensCached: 600, .tokensCacheWrite: 100, .tokensReasoning: 150,
                .tokensEstimated: 40,
            ]
        )
    }

    @Test func whatIsNotKnownIsNotCounted() {
        var tally = WindowTally()
        tally.record(DecisionOutcome(startedMicros: 0))
        #expect(tally.counters == [.decisions: 1])
    }
}
