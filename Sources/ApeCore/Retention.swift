/// Which runs of a results directory are kept. A run goes once one of the two limits says so.
package struct Retention: Sendable, Equatable {
    /// The most that can be asked for: numbers of runs, and days.
    package static let counts = 1...100_000
    private static let days = 1...3_660
    private static let microsOfDay: Int64 = 24 * 3_600 * 1_000_000

    /// So many of the latest runs; nil for no limit.
    package var runs: Int?
    /// Those that ended at most so long ago, in microseconds; nil for no limit.
    package var ageMicros: Int64?

    package init(runs: Int? = nil, ageMicros: Int64? = nil) {
        self.runs = runs
        self.ageMicros = ageMicros
    }

    /// Whether no run ever goes.
    package var keepsAll: Bool { runs == nil && ageMicros == nil }

    /// Reads `20` as a number of runs, and `30d`, `12h` or `1h30m` as an age; nil for anything else.
    package init?(_ text: String) {
        if let age = Self.ageMicros(text) {
            ageMicros = age
        } else if let count = Int(text), Self.counts.contains(count), text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") })
        {
            runs = count
        } else {
            return nil
        }
    }

    /// An age: whole days, as `30d`, or a duration with units of at least a second; nil for anything else.
    package static func ageMicros(_ text: String) -> Int64? {
        if text.hasSuffix("d"), let days = Int(text.dropLast()), Self.days.contains(days) {
            return Int64(days) * microsOfDay
        }
        // A plain number counts runs.
        guard text.last?.isLetter == true, let micros = DurationText.micros(text, plainNumberIn: .seconds) else {
            return nil
        }
        return micros >= 1_000_000 ? micros : nil
    }
}
