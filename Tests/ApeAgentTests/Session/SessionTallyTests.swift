import ApeMetrics
import ApeTransfer
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

    @Test func connectionsCountByTheirPeer() {
        var (opened, failed, repeated) = (ConnectionUse(), ConnectionUse(), ConnectionUse())
        opened.opened = 1
        opened.connectMicros = 700
        opened.tlsMicros = 900
        opened.nameLookupMicros = 50
        failed.hasFailed = true
        repeated.opened = 1
        repeated.reused = 1
        repeated.repeats = 1
        repeated.connectMicros = 300
        var reused = ConnectionUse()
        reused.reused = 1
        var log = ConnectionLog()
        for use in [opened, reused, failed, reused, repeated] { log.add(use) }
        var tally = WindowTally()
        tally.record(log, PeerNames("shop"))
        let counters = Dictionary(uniqueKeysWithValues: tally.counters.map { ($0.key.rawValue, $0.value) })
        #expect(
            counters == [
                "connections_opened{peer=shop}": 2, "connections_reused{peer=shop}": 3,
                "connections_failed{peer=shop}": 1, "requests_repeated{peer=shop}": 1,
            ]
        )
        let series = Dictionary(uniqueKeysWithValues: tally.series.map { ($0.key.rawValue, $0.value.sumMicros) })
        #expect(series == ["connect{peer=shop}": 1_000, "tls{peer=shop}": 900, "name_lookup{peer=shop}": 50])
    }

    @Test func aWindowHasNoMoreNamesOfPeersThanLabels() {
        let names = (0..<64).map { PeerNames("t\($0)", index: $0).opened } + [PeerNames(PeerNames.model).opened]
        #expect(Set(names).count <= 50)
        #expect(names[63].rawValue == "connections_opened{peer=other}")
        #expect(names[64].rawValue == "connections_opened{peer=(model)}")
    }

    @Test func whatIsNotKnownIsNotCounted() {
        var tally = WindowTally()
        tally.record(DecisionOutcome(startedMicros: 0))
        #expect(tally.counters == [.decisions: 1])
    }
}
