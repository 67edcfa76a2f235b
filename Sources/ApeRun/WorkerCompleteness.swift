import ApeCore
import ApeFleet
import ApeMetrics

/// How much of what a worker owed has come in.
package struct WorkerCompleteness: Sendable, Equatable {
    /// How long after its end a window is late.
    static let lateMicros: Int64 = 5_000_000

    /// The worker's UUID.
    package var worker: String
    package var name: String
    /// The seconds that the worker owed a measurement of: from its first assignment until it stopped, left or was given
    /// up. Seconds that it measured beyond these are among them.
    package var expected: SecondRanges
    /// Of these, the seconds that no stored window covers.
    package var missing: SecondRanges
    /// Windows stored.
    package var windows: Int64
    /// Windows stored that came more than ``lateMicros`` after their end, as after an outage.
    package var lateWindows: Int64
    /// Times that a window came which had come before; it counts once.
    package var duplicateWindows: Int64
    /// Windows that the worker itself gave up, since it could not keep them.
    package var droppedWindows: Int64
    /// Windows that came and could not be read, by the reason.
    package var refusedWindows: [String: Int64]
    /// How often it sent more of something than is taken from one worker.
    package var excesses: [Excess: Int64]
    /// When it belonged to the fleet, in order.
    package var presences: [WorkerPresence]
    /// Fleet time in microseconds: when it had no connection.
    package var disconnections: [Range<Int64>]

    package var expectedSeconds: Int64 { expected.count }
    /// All of ``refusedWindows``.
    package var refused: Int64 { refusedWindows.values.reduce(0) { $0.addingClamped($1) } }
    package var receivedSeconds: Int64 { expected.count - missing.count }

    /// nil where nothing was owed.
    package var receivedShare: Double? {
        expectedSeconds == 0 ? nil : Double(receivedSeconds) / Double(expectedSeconds)
    }
}
