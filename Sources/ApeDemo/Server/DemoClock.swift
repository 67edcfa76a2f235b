import Glibc

/// The clocks of the demo's services. Tests have their own.
package enum DemoClock {
    /// Microseconds since 1970.
    package static func nowMicros() -> Int64 { micros(of: CLOCK_REALTIME) }

    /// Microseconds of the clock that agents on the same host go by, for what they compare with it.
    package static func steadyMicros() -> Int64 { micros(of: CLOCK_BOOTTIME) }

    private static func micros(of clock: clockid_t) -> Int64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    }

    /// A time as the `Date` of a head (RFC 9110, section 5.6.7).
    static func httpDate(_ micros: Int64) -> String {
        var seconds = time_t(micros / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            let length = strftime(text.baseAddress, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            return String(decoding: UnsafeRawBufferPointer(text).prefix(length), as: UTF8.self)
        }
    }
}
