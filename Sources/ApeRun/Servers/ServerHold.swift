import ApeCore
import ApeMetrics

/// A server's figure in one stage's hold: what is judged of it.
package struct ServerHold: Sendable, Equatable {
    package private(set) var figures = ServerFigures()
    /// For the straight line through all values, by seconds of the hold.
    private var line = Line()

    private struct Line: Sendable, Equatable {
        var (seconds, squares, products) = (0.0, 0.0, 0.0)
        var (first, last, sum) = (0.0, 0.0, 0.0)

        static func == (left: Line, right: Line) -> Bool {
            (left.seconds, left.squares, left.products, left.first, left.last, left.sum)
                == (right.seconds, right.squares, right.products, right.first, right.last, right.sum)
        }
    }

    mutating func add(_ value: Double, offset: Int64) {
        let second = Double(offset)
        if figures.count == 0 { line.first = second }
        figures.add(value)
        line.last = second
        line.sum += value
        line.seconds += second
        line.squares += second * second
        line.products += second * value
    }

    /// How much the figure rose from the first moment to the last: by the straight line that lies closest to all values, so
    /// that one odd value at an end makes no rise. nil for fewer than three values.
    package var rise: Double? {
        let n = Double(figures.count)
        let spread = n * line.squares - line.seconds * line.seconds
        guard figures.count >= 3, spread > 0 else { return nil }
        let slope = (n * line.products - line.seconds * line.sum) / spread
        return slope * (line.last - line.first)
    }
}

/// How often a server was asked in one stage's hold, and what came of it.
package struct ServerAnswers: Sendable, Equatable {
    /// The reasons that are told apart.
    private static let maximumReasons = 8

    package private(set) var answered: Int64 = 0
    package private(set) var failed: Int64 = 0
    /// How often it failed, by reason.
    package private(set) var reasons: [String: Int64] = [:]

    mutating func add(_ sample: ServerSample) {
        guard let reason = sample.failure else {
            answered += 1
            return
        }
        failed += 1
        if reasons[reason] != nil || reasons.count < Self.maximumReasons { reasons[reason, default: 0] += 1 }
    }

    /// The most frequent reason, by name among equals.
    package var reason: String? { reasons.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key }

    /// The seconds of a hold that no answer covers. One question between two answers may fall out.
    package func missingSeconds(of held: Int, everyMicros: Int64) -> Int {
        let every = max(1, Int(clamping: everyMicros / 1_000_000))
        let covered = Int(clamping: answered).multipliedReportingOverflow(by: every)
        let missing = held - (covered.overflow ? held : min(held, covered.partialValue))
        return missing > every ? missing : 0
    }
}
