import Glibc

/// The clock of all time stamps of transfers: CLOCK_BOOTTIME, which never steps and goes on while the host is suspended.
package enum MonotonicClock {
    /// Microseconds since an arbitrary moment, the same for every process of this host until it boots again.
    package static var nowMicros: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
