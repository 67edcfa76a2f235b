import ApeCore
import Glibc

/// A clock that tells the time of day and never steps: the time at which the process began, and from there on by a
/// monotonic clock that goes on while the host is suspended, so that a lease runs out then too. A coordinator's is the
/// fleet's time, a worker's is its own.
package struct SteadyClock<Reading: TimePoint>: Sendable {
    /// From the monotonic clock's zero to 1970, as things stood when this clock was made.
    private let offset: Micros

    /// - Parameter earliest: what the clock must not begin before, such as the last moment of a run that is taken up
    ///   again on a host whose clock was set back.
    package init(notBefore earliest: Reading = Reading(micros: 0)) {
        let start = max(Self.reading(CLOCK_REALTIME), earliest)
        offset = start - Self.reading(CLOCK_BOOTTIME)
    }

    /// Counted from 1970.
    package var now: Reading { Self.reading(CLOCK_BOOTTIME) + offset }

    /// The monotonic clock's reading, in microseconds, at a time of this clock.
    package func monotonicMicros(at time: Reading) -> Int64 {
        (time - offset).micros
    }

    private static func reading(_ clock: clockid_t) -> Reading {
        var time = timespec()
        clock_gettime(clock, &time)
        return Reading(micros: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
