import ApeCore
import ApeMetrics
import Testing

@testable import ApeAgent

@Suite struct GapLedgerTests {
    @Test func aSessionsFirstActionEndsNoGap() {
        var ledger = GapLedger()
        ledger.spend(.decision(firstToken: 100), from: 0, to: 500)
        let first = ledger.actionStarted("GET /", at: 700)
        #expect(first == nil)
    }

    @Test func splitsAGapIntoItsParts() {
        var ledger = GapLedger()
        _ = ledger.actionStarted("GET /a", at: 1000)
        ledger.spend(.target, from: 1000, to: 1400, waitMicros: 150)
        ledger.spend(.think, from: 1410, to: 1500)
        ledger.spend(.retryWait, from: 1500, to: 1520)
        ledger.spend(.decision(firstToken: 2300), from: 1520, to: 2520, waitMicros: 300)
        var expected = GapBreakdown()
        expected.gaps = 1
        expected.gapMicros = 1600
        expected.firstTokenMicros = 480
        expected.generationMicros = 220
        expected.targetMicros = 250
        expected.thinkMicros = 90
        expected.retryWaitMicros = 470
        expected.overheadMicros = 90
        let ended = ledger.actionStarted("GET /b", at: 2600)
        #expect(ended?.gap == expected && expected.partsMicros == 1600 && expected.decisionMicros == 700)
        #expect(ended?.route == "GET /a", "a gap belongs to the action that began it")
        let empty = ledger.actionStarted("GET /c", at: 2600)
        #expect(empty?.gap.gaps == 1 && empty?.gap.gapMicros == 0 && empty?.route == "GET /b")
    }

    @Test(
        arguments: [
            (nil, 1000, 0), (1000, 0, 1000), (1999, 999, 1), (2000, 1000, 0), (500, 0, 1000), (9000, 1000, 0),
        ] as [(Int64?, Int64, Int64)]
    )
    func decisionsAreSplitAtTheirFirstToken(firstToken: Int64?, waiting: Int64, generation: Int64) {
        var ledger = GapLedger()
        _ = ledger.actionStarted("GET /", at: 1000)
        ledger.spend(.decision(firstToken: firstToken), from: 1000, to: 2000)
        let gap = ledger.actionStarted("GET /", at: 2000)?.gap
        #expect(gap?.firstTokenMicros == waiting && gap?.generationMicros == generation)
    }

    /// Whatever a session does, the parts of every gap sum to it and none is negative.
    @Test(arguments: 0..<200) func partsAlwaysSumToTheGap(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var ledger = GapLedger()
        var now: Int64 = 0
        var lastAction: Int64?
        for _ in 0..<100 {
            let from = now
            now += Int64(random.unit() * 1000)
            switch random.next() % 5 {
            case 0:
                let gap = ledger.actionStarted("GET /", at: now)?.gap
                #expect(gap?.gapMicros == lastAction.map { now - $0 })
                #expect(gap?.partsMicros == gap?.gapMicros)
                if let gap { #expect(GapBreakdown.Part.allCases.allSatisfy { gap[part: $0] >= 0 }) }
                lastAction = now
            case 1:
                /// A stretch that overlaps what was claimed before, and a wait longer than the stretch.
                let firstToken = random.unit() < 0.5 ? nil : from - 300 + Int64(random.unit() * 2000)
                let wait = Int64(random.unit() * 2000)
                ledger.spend(.decision(firstToken: firstToken), from: from - 300, to: now, waitMicros: wait)
            case 2: ledger.spend(.target, from: from, to: now, waitMicros: Int64(random.unit() * 1200) - 100)
            case 3: ledger.spend(.think, from: from, to: now)
            default: ledger.spend(.retryWait, from: now, to: from)
            }
        }
    }
}
