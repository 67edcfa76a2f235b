import ApeCore

/// How often and after what waits a request is tried again.
package struct RetryPolicy: Sendable {
    private let retries: Int
    private let backoffMicros: Int64
    private let backoffMaximumMicros: Int64
    /// The longest Retry-After that is honoured.
    private let retryAfterMaximumMicros: Int64

    /// The policy of a scenario's limits, with `retries` of them.
    package init(_ limits: Scenario.Limits, retries: Int) {
        self.retries = retries
        backoffMicros = limits.backoffMicros
        backoffMaximumMicros = limits.backoffMaximumMicros
        retryAfterMaximumMicros = limits.retryAfterMaximumMicros
    }

    /// The wait before the next attempt.
    ///
    /// A back-off is half fixed and half random, so that agents who failed together do not come back together. A
    /// Retry-After is never undercut, and gets the random half on top.
    ///
    /// - Parameters:
    ///   - failures: attempts that have failed, at least 1.
    ///   - retryAfterMicros: what the server asked for.
    ///   - remainingMicros: what is left of the session; a wait that outlasts it is not begun.
    ///   - random: the session's.
    /// - Returns: microseconds; nil where there is no further attempt.
    package func wait(
        after failures: Int,
        retryAfterMicros: Int64?,
        remainingMicros: Int64,
        random: inout SeededRandom
    ) -> Int64? {
        guard failures <= retries else { return nil }
        let backoff = Self.backoff(after: failures, first: backoffMicros, maximum: backoffMaximumMicros)
        let jitter = Int64(Double(backoff / 2) * random.unit())
        if let retryAfterMicros, retryAfterMicros > retryAfterMaximumMicros { return nil }
        let wait = retryAfterMicros.map { $0 + jitter } ?? backoff / 2 + jitter
        return wait < remainingMicros ? wait : nil
    }

    /// `first`, doubled with each failure but the first, up to `maximum`.
    package static func backoff(after failures: Int, first: Int64, maximum: Int64) -> Int64 {
        let doublings = min(max(0, failures - 1), 62)
        let (doubled, overflow) = first.multipliedReportingOverflow(by: 1 << Int64(doublings))
        return overflow ? maximum : min(maximum, doubled)
    }
}
