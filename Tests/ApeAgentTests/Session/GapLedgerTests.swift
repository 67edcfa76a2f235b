import ApeCore
import Testing

@testable import ApeAgent

@Suite struct GapLedgerTests {
    @Test func aSessionsFirstActionEndsNoGap() {
        var ledger = GapLedger()
        ledger.spend(.decision, from: 0, to: 500)
        let first = ledger.actionStarted(at: 700)
        #expect(first == nil)
    }

    @Test func splitsAGapIntoItsParts() {
        var ledger = GapLedger()
        _ = ledger.actionStarted(at: 1000)
        ledger.spend(.target, from: 1000, to: 1400, waitMicros: 150)
        ledger.spend(.think, from: 1410, to: 1500)
        ledger.spend(.retryWait, from: 1500, to: 1520)
        ledger.spend(.decision, from: 1520, to: 2520, waitMicros: 300)
        let expected = Gap(
            decisionMicros: 700,
            targetMicros: 250,
            thinkMicros: 90,
            retryWaitMicros: 470,
            overheadMicros: 90
        )
        let gap = ledger.actionStarted(at: 2600)
        #expect(gap == expected && expected.micros == 1600)
        let empty = ledger.actionStarted(at: 2600)
        #expect(empty == Gap())
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
                let gap = ledger.actionStarted(at: now)
                #expect(gap?.micros == lastAction.map { now - $0 })
                if let gap {
                    let parts = [
                        gap.decisionMicros, gap.targetMicros, gap.thinkMicros, gap.retryWaitMicros, gap.overheadMicros,
                    ]
                    #expect(parts.allSatisfy { $0 >= 0 })
                }
                lastAction = now
            case 1:
                /// A stretch that overlaps what was claimed before, and a wait longer than the stretch.
                ledger.spend(.decision, from: from - 300, to: now, waitMicros: Int64(random.unit() * 2000))
            case 2: ledger.spend(.target, from: from, to: now, waitMicros: Int64(random.unit() * 1200) - 100)
            case 3: ledger.spend(.think, from: from, to: now)
            default: ledger.spend(.retryWait, from: now, to: from)
            }
        }
    }
}
