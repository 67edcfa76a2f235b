import ApeCore

/// How many sessions of the whole fleet are expected to have arrived by a moment of a stage, and the other way round.
///
/// The rate rises over the ramp from that of the stage before, stays over the warm-up, changes over the hold, and stays
/// from then on: arrivals end with what follows the stage, not by themselves. Expected numbers are the rate's integral,
/// so that arrivals which lie as they should along them lie as they should in time, however the rate changes.
package struct ArrivalCurve: Sendable, Equatable {
    /// A stretch over which the rate changes steadily. Times are seconds from the stage's start.
    private struct Piece: Sendable, Equatable {
        var start: Double
        /// Infinite for the last.
        var length: Double
        var rate: Double
        /// Sessions a second, a second.
        var slope: Double
        /// What is expected before it.
        var before: Double

        func expected(after seconds: Double) -> Double { before + seconds * (rate + slope * seconds / 2) }
    }

    private var pieces: [Piece] = []

    /// - Parameters:
    ///   - arrivals: the stage's.
    ///   - timeline: the lengths of its parts.
    package init(_ arrivals: StageArrivals, _ timeline: StageTimeline) {
        let (from, to) = (arrivals.arrivals.fromPerSecond, arrivals.arrivals.perSecond)
        let parts: [(length: Micros, from: Double, to: Double)] = [
            (timeline.ramp, arrivals.beforePerSecond, from), (timeline.warmup, from, from), (timeline.hold, from, to),
        ]
        var (start, before) = (0.0, 0.0)
        for part in parts where part.length > .zero {
            let length = Double(part.length.micros) / 1_000_000
            let slope = (part.to - part.from) / length
            pieces.append(Piece(start: start, length: length, rate: part.from, slope: slope, before: before))
            start += length
            before += length * (part.from + part.to) / 2
        }
        pieces.append(Piece(start: start, length: .infinity, rate: to, slope: 0, before: before))
    }

    /// The sessions that are expected to have arrived by a moment, in microseconds from the stage's start.
    package func expected(atMicros micros: Int64) -> Double {
        let seconds = Double(max(0, micros)) / 1_000_000
        let piece = pieces.last { $0.start <= seconds } ?? pieces[0]
        return piece.expected(after: seconds - piece.start)
    }

    /// When so many are expected to have arrived.
    ///
    /// - Returns: microseconds from the stage's start, the nearest; nil where so many never are.
    package func micros(ofExpected expected: Double) -> Int64? {
        let piece = pieces.last { $0.before <= expected } ?? pieces[0]
        let (rate, slope, number) = (piece.rate, piece.slope, max(0, expected - piece.before))
        // The root of rate x t + slope x t^2 / 2 = number in the form that cancels nothing.
        let root = max(0, rate * rate + 2 * slope * number).squareRoot()
        let seconds = number > 0 ? 2 * number / (rate + root) : 0
        guard seconds.isFinite else { return nil }
        let micros = ((piece.start + min(seconds, piece.length)) * 1_000_000).rounded()
        return micros < 9e18 ? Int64(micros) : nil
    }
}
