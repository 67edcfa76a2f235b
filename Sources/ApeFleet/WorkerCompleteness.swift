/// How much of what a worker measured has come in.
package struct WorkerCompleteness: Sendable, Equatable {
    /// The worker's UUID.
    package var worker: String
    package var name: String
    /// Whole seconds that the worker owes a measurement of: from its first assignment until it stopped, left or was
    /// given up.
    package var expectedSeconds: Int
    /// Of these, the seconds that a stored window covers.
    package var receivedSeconds: Int
    /// Windows stored.
    package var windows: Int
    /// Windows that came more than ``lateMicros`` after their end, as after an outage.
    package var lateWindows: Int
    /// Windows that came more than once; each counts once.
    package var duplicateWindows: Int
    /// Windows that the worker itself gave up, since it could not keep them.
    package var droppedWindows: Int
    /// Fleet time: the seconds owed that no window covers.
    package var missing: [Range<Int64>]
    /// Fleet time: when the worker had no connection.
    package var outages: [Range<Int64>]

    /// How long after its end a window is late.
    package static let lateMicros: Int64 = 5_000_000

    /// Seconds of `range` (fleet time) that are missing.
    package func missingSeconds(in range: Range<Int64>) -> Int {
        missing.reduce(0) {
            $0 + Int(max(0, min($1.upperBound, range.upperBound) - max($1.lowerBound, range.lowerBound)) / 1_000_000)
        }
    }
}
