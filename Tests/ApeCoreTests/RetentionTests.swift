import ApeCore
import Testing

@Suite struct RetentionTests {
    private static let day: Int64 = 24 * 3_600_000_000

    @Test func numbersAreRunsAndUnitsAreAges() {
        #expect(Retention("20") == Retention(runs: 20))
        #expect(Retention("100000") == Retention(runs: 100_000))
        #expect(Retention("30d") == Retention(ageMicros: 30 * Self.day))
        #expect(Retention("12h") == Retention(ageMicros: Self.day / 2))
        #expect(Retention("1h30m") == Retention(ageMicros: 5_400_000_000))
        #expect(Retention("1s") == Retention(ageMicros: 1_000_000))
    }

    @Test(arguments: [
        "", "0", "-1", "+20", "100001", "1.5", "20 ", "20 runs", "d", "0d", "-3d", "1.5d", "3661d", "30D", "1d12h",
        "500ms", "0s",
        "∞", "99999999999999999999", "99999999999999999999d", "30d\u{1B}[31m",
    ])
    func nothingElseIsARule(_ text: String) {
        #expect(Retention(text) == nil)
    }

    @Test func aNumberIsNoAge() {
        #expect(Retention.ageMicros("20") == nil)
        #expect(Retention.ageMicros("3660d") == 3_660 * Self.day)
        #expect(Retention().keepsAll && !Retention(runs: 1).keepsAll && !Retention(ageMicros: 1).keepsAll)
    }
}
