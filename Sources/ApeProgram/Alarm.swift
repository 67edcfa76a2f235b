import NIOCore
import NIOPosix
import Synchronization

/// Rings once at a given time; setting it again replaces what was set.
package final class Alarm: Sendable {
    /// A time further off than a year is rung after a year: it fits no event loop in nanoseconds.
    private static let longestMicros: Int64 = 31_622_400_000_000

    private let ring: @Sendable () -> Void
    private let eventLoop: any EventLoop
    private let pending = Mutex<Scheduled<Void>?>(nil)

    /// - Parameter ring: called on a thread of the channel's; it must return at once.
    package init(ring: @escaping @Sendable () -> Void) {
        self.ring = ring
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    }

    /// Sets the alarm; nil turns it off. A time that has passed rings at once.
    ///
    /// The event loop's clock stands still while the host is suspended, so the alarm rings late by at most what was left
    /// of its time; who is rung looks at the clock itself.
    ///
    /// - Parameter micros: how long from now; nil for off.
    package func set(afterMicros micros: Int64?) {
        let next = micros.map { micros in
            eventLoop.scheduleTask(in: .microseconds(min(max(0, micros), Self.longestMicros))) { [ring] in ring() }
        }
        let replaced = pending.withLock { pending in
            defer { pending = next }
            return pending
        }
        replaced?.cancel()
    }
}
