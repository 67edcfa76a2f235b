import Glibc

/// The clock of all time stamps of transfers: CLOCK_MONOTONIC, which never steps.
package enum MonotonicClock {
    /// Microseconds since an arbitrary moment, the same for every process of this host until it boots again.
    package static var nowMicros: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
