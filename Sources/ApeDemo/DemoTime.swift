import Glibc

/// The clock and the timers of the demo's services. Tests inject their own, so that they neither sleep nor depend on
/// the time of day.
package struct DemoTime: Sendable {
    /// Microseconds since 1970.
    package var nowMicros: @Sendable () -> Int64
    /// Waits for so many microseconds without blocking a thread.
    package var sleep: @Sendable (Int64) async throws -> Void

    /// The system's clock and timers.
    package static let system = DemoTime {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    } sleep: { micros in
        if micros > 0 { try await Task.sleep(for: .microseconds(micros), tolerance: .zero) }
    }
}
