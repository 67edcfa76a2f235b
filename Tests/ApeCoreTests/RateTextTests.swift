import ApeCore
import Testing

@Suite struct RateTextTests {
    @Test(arguments: [
        ("30/s", 30.0), ("0.5/s", 0.5), ("90/m", 1.5), ("1/h", 1.0 / 3600), ("0/s", 0.0),
        ("1000000/s", 1_000_000.0), ("2.25/m", 0.0375),
    ])
    func reads(text: String, rate: Double) {
        #expect(RateText.perSecond(text) == rate)
    }

    @Test(arguments: [
        "", "30", "30/", "/s", "-1/s", "+1/s", "1e3/s", "30/d", "30 /s", "30/s ", "1.2.3/s", ".5/s", "5./s", "30/s/s",
        "inf/s", "nan/s", "0x1/s", "30/S",
    ])
    func refuses(text: String) {
        #expect(RateText.perSecond(text) == nil)
    }

    @Test(arguments: [
        (30.0, "30/s"), (0.5, "30/m"), (2.5, "2.5/s"), (1.0 / 3600, "1/h"), (0.0, "0/s"), (7.0 / 60, "7/m"),
        (0.1, "6/m"), (1_000_000.0, "1000000/s"),
    ])
    func writes(rate: Double, text: String) {
        #expect(RateText.text(perSecond: rate) == text)
    }

    @Test func readsBackWhatItWrites() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<2_000 {
            let rate = Arrivals.rates.lowerBound * (1 + 3.6e9 * random.unit() * random.unit() * random.unit())
            #expect(RateText.perSecond(RateText.text(perSecond: rate)) == rate)
        }
    }
}
