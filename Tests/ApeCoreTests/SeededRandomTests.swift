import ApeCore
import Testing

@Suite struct SeededRandomTests {
    /// The values that Vigna's splitmix64.c gives.
    @Test(
        arguments: [
            (UInt64(0), [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F]),
            (
                UInt64(1_234_567),
                [
                    6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                    4_593_380_528_125_082_431,
                ]
            ),
        ] as [(UInt64, [UInt64])]
    )
    func isSplitMix64(seed: UInt64, values: [UInt64]) {
        var random = SeededRandom(seed: seed)
        #expect(values.map { _ in random.next() } == values)
    }

    @Test func everySessionHasItsOwnStream() {
        var firsts: Set<UInt64> = []
        for seed in [0, 1, UInt64.max] {
            for agent in 0..<100 {
                for session in 0..<100 {
                    var random = SeededRandom(seed: seed, agent: agent, session: session)
                    firsts.insert(random.next())
                }
            }
        }
        #expect(firsts.count == 30_000)
        #expect(SeededRandom(seed: 7, agent: 1, session: 2) == SeededRandom(seed: 7, agent: 1, session: 2))
    }

    @Test func unitIsBelowOneAndEven() {
        var random = SeededRandom(seed: 9)
        let values = (0..<10_000).map { _ in random.unit() }
        #expect(values.allSatisfy { (0..<1).contains($0) })
        #expect(abs(values.reduce(0, +) / 10_000 - 0.5) < 0.01)
    }
}
