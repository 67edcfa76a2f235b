import NIOCore
import NIOPosix
import Synchronization

/// Rings once at a given time; setting it again replaces what was set.
package final class Alarm: Sendable {
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
    /// - Parameter monotonicMicros: by the monotonic clock.
    package func set(monotonicMicros: Int64?) {
        let next = monotonicMicros.map { micros in
            eventLoop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(max(0, micros)) * 1000)) { [ring] in ring() }
        }
        let replaced = pending.withLock { pending in
            defer { pending = next }
            return pending
        }
        replaced?.cancel()
    }
}
