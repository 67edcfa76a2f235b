import ApeCore
import ApeMetrics
import ApeTestKit
import ApeWire
import Testing

/// Runs of which every number is as wrong as it can be.
@Suite struct ExtremeRunTests {
    /// What is drawn at and beyond every bound is sent, read, counted, judged and reported.
    @Test(arguments: 0..<25 as Range<UInt64>)
    func whateverIsReadCanBeReported(seed: UInt64) throws {
        var extremes = Extremes(seed: seed)
        var lines: [UInt8] = []
        for number in 0..<40 {
            var window = extremes.window()
            window.seq = Int64(number + 1)
            // Some of them where they count.
            if extremes.flag() {
                window.stage = number % 3
                window.phase = .hold
                window.startMicros = FuzzedRun.start + Int64(number % 36) * 1_000_000
                window.endMicros = window.startMicros + 1_000_000
            }
            for name in [SeriesName.gap, .ttft, .session] { window.series[name] = window.series.values.first }
            for name in [CounterName.sessionsSucceeded, .sessionsSuccessfulStateful, .tokensIn] {
                window.counters[name] = extremes.integer()
            }
            lines += Message.window(window).line
        }
        for message in extremes.messages() { lines += message.line }
        try FuzzedRun(lines).check()
    }
}
