import ApeCore
import ApeMetrics

/// When sessions whose end is known were open.
struct SessionSpan: Equatable {
    /// Fleet time, since 1970.
    var seconds: Range<Int64>
    var sessions: Int64
    /// Of these, the ones that were to be successful.
    var successful: Int64

    private static let second: Int64 = 1_000_000

    /// What a window tells of sessions that were open in other seconds than its own.
    ///
    /// - Parameters:
    ///   - window: the window.
    ///   - holdEnd: the second with which its stage's hold ends.
    /// - Returns: the spans.
    static func spans(of window: Window, holdEnd: Int64) -> [SessionSpan] {
        let own = max(0, window.startMicros) / second
        var spans: [SessionSpan] = []
        func add(_ name: SeriesName, until end: Int64, _ sessions: Int64, _ successful: Int64) {
            for bucket in window.series[name]?.buckets ?? [] {
                let length = Histogram.greatestValue(of: bucket.index)
                // When within its second a session ended is not known: in the middle, for the least error.
                let start = max(0, window.startMicros.addingClamped(second / 2).subtractingClamped(length)) / second
                guard start < own || end > own + 1 else { continue }
                spans.append(
                    SessionSpan(
                        seconds: start..<max(end, start),
                        sessions: sessions.multipliedClamped(by: bucket.count),
                        successful: successful.multipliedClamped(by: bucket.count)
                    )
                )
            }
        }
        // A worker of before version 1.1 does not say which of its sessions were successful.
        let isTold = window.series[.sessionSuccessful] != nil
        if isTold || window.counters[.sessionsSuccessfulStateful, default: 0] <= 0 {
            add(.session, until: own + 1, 1, 0)
            add(.sessionSuccessful, until: own + 1, 0, 1)
        }
        // What a late window tells of was still open when nobody waited any longer.
        add(.sessionUnanswered, until: window.isLate ? max(own + 1, holdEnd) : own + 1, 1, 0)
        return spans
    }
}
