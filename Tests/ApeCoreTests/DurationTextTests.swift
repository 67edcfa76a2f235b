import ApeCore
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("300ms", 300_000), ("90s", 90_000_000), ("5m", 300_000_000), ("1h", 3_600_000_000), ("1.5s", 1_500_000),
        ("30", 30_000_000), ("0", 0), ("0s", 0), ("2.5", 2_500_000), ("7us", 7), ("1h30m", 5_400_000_000),
        ("1m30.5s", 90_500_000), ("0.000001s", 1), ("0.5h", 1_800_000_000), ("8784h", 31_622_400_000_000),
    ])
    func reads(text: String, micros: Int64) {
        #expect(DurationText.micros(text, plainNumberIn: .seconds) == micros)
    }

    @Test func plainNumbersTakeTheCallersUnit() {
        #expect(DurationText.micros("30", plainNumberIn: .minutes) == 1_800_000_000)
        #expect(DurationText.micros("250", plainNumberIn: .milliseconds) == 250_000)
    }

    @Test(arguments: [
        "", " ", "s", "-1s", "+1s", "1 s", "1.s", ".5s", "1..5s", "1e3s", "1.0000001s", "0.5us", "5x", "5S", "1m1h",
        "1m1m", "1m30", "30 ", "8785h", "9223372036854775808us", "99999999999999999999h", "1,5s", "٣s", "1s\0",
        "0.00000000000000000000000001h", "1h30m10s5", "inf", "nan",
    ])
    func refuses(text: String) {
        #expect(DurationText.micros(text, plainNumberIn: .seconds) == nil)
    }

    @Test(arguments: [
        (0, "0s"), (7, "7us"), (300_000, "300ms"), (250_001, "250.001ms"), (1_500_000, "1.5s"), (90_000_000, "90s"),
        (120_000_000, "2m"), (3_600_000_000, "1h"), (5_400_000_000, "90m"), (1_000_001, "1.000001s"), (-1_000, "-1ms"),
    ])
    func writes(micros: Int64, text: String) {
        #expect(DurationText.text(micros: micros) == text)
    }

    @Test func readsBackWhatItWrites() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2_000 {
            let scale = Int64(1) << Int64.random(in: 0...44, using: &random)
            let micros = Int64.random(in: 0...min(scale, DurationText.maximumMicros), using: &random)
            #expect(DurationText.micros(DurationText.text(micros: micros), plainNumberIn: .hours) == micros)
        }
    }
}
