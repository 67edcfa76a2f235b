import Glibc

/// A clock that tells the time of day and never steps: the time at which the process began, and from there on by the
/// monotonic clock. A coordinator's is the fleet's time.
package struct SteadyClock: Sendable {
    /// From the monotonic clock's zero to 1970, as things stood when this clock was made.
    private let offsetMicros: Int64

    /// - Parameter earliestMicros: what the clock must not begin before, such as the last moment of a run that is
    ///   taken up again on a host whose clock was set back.
    package init(notBefore earliestMicros: Int64 = 0) {
        offsetMicros = max(Self.micros(CLOCK_REALTIME), earliestMicros) - Self.micros(CLOCK_MONOTONIC)
    }

    /// Microseconds since 1970.
    package var nowMicros: Int64 { Self.micros(CLOCK_MONOTONIC) + offsetMicros }

    /// The monotonic clock's reading, in microseconds, at a time of this clock.
    package func monotonicMicros(at micros: Int64) -> Int64 {
        micros - offsetMicros
    }

    private static func micros(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
