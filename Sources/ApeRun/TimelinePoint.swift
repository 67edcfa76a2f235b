import ApeCore
import ApeMetrics

/// What the whole fleet did in one second of a stage, or in several neighbouring seconds of one phase of it.
///
/// Sums, counts and distributions of several seconds are those of all their samples; nothing is a mean of means.
package struct TimelinePoint: Sendable, Equatable {
    /// Fleet time, numbered from 1970.
    package var seconds: Range<Int64>
    /// The stage's index in the plan.
    package var stage: Int
    package var phase: Window.Phase
    /// Agents that the stage asks for.
    package var targetAgents: Int
    /// Agents that workers were told to run, the mean over the seconds.
    package var assignedAgents = 0.0
    /// Agents at work, the mean over the seconds.
    package var activeAgents = 0.0
    /// Agents at work in the second that had the fewest.
    var leastActiveAgents = 0
    /// Workers that reported in the second that had the fewest.
    package var workers = 0
    package var gap = SeriesSummary()
    package var ttft = SeriesSummary()
    package var counts = TimelineCounts()
    /// Of each figure the worst that any worker's host reported.
    package var host = HostSample()

    /// How many seconds it stands for.
    package var length: Int { seconds.count }

    /// A count per second.
    package func rate(_ count: Int64) -> Double {
        length > 0 ? Double(count) / Double(length) : 0
    }
}

/// A series in short: exact count and sum, percentiles by nearest rank.
package struct SeriesSummary: Sendable, Equatable {
    package var count: Int64 = 0
    package var sumMicros: Int64 = 0
    /// nil without samples, as the others are.
    package var p50Micros: Int64?
    package var p90Micros: Int64?
    package var p95Micros: Int64?
    package var p99Micros: Int64?

    init() {}

    init(_ histogram: Histogram) {
        count = histogram.count
        sumMicros = histogram.sumMicros
        let found = histogram.percentiles([50, 90, 95, 99])
        guard found.count == 4 else { return }
        (p50Micros, p90Micros, p95Micros, p99Micros) = (found[0], found[1], found[2], found[3])
    }

    /// The exact mean; nil without samples.
    package var meanMicros: Double? {
        count > 0 ? Double(sumMicros) / Double(count) : nil
    }
}

/// What was counted in a stretch of time.
package struct TimelineCounts: Sendable, Equatable {
    /// Actions by the class of their status, and those that brought no answer.
    package var actions2xx: Int64 = 0
    package var actions3xx: Int64 = 0
    package var actions4xx: Int64 = 0
    package var actions5xx: Int64 = 0
    package var actionErrors: Int64 = 0
    package var decisions: Int64 = 0
    package var decisionErrors: Int64 = 0
    package var sessionsSucceeded: Int64 = 0
    package var sessionsFailed: Int64 = 0
    package var sessionsUnfinished: Int64 = 0

    package var actions: Int64 {
        [actions3xx, actions4xx, actions5xx, actionErrors].reduce(actions2xx) { $0.addingClamped($1) }
    }

    mutating func add(_ counters: [CounterName: Int64]) {
        for (name, number) in counters where number > 0 {
            guard let place = Self.place(of: name) else { continue }
            self[keyPath: place] = self[keyPath: place].addingClamped(number)
        }
    }

    /// Adds what was counted in another stretch.
    mutating func merge(_ other: TimelineCounts) {
        for place in Self.places { self[keyPath: place] = self[keyPath: place].addingClamped(other[keyPath: place]) }
    }

    private static var places: [WritableKeyPath<Self, Int64>] {
        [
            \.actions2xx, \.actions3xx, \.actions4xx, \.actions5xx, \.actionErrors, \.decisions, \.decisionErrors,
            \.sessionsSucceeded, \.sessionsFailed, \.sessionsUnfinished,
        ]
    }

    private static func place(of name: CounterName) -> WritableKeyPath<Self, Int64>? {
        if name.isOf(.actions) {
            return switch name.labelValue.flatMap(ActionStatus.init) {
            case .successful: \.actions2xx
            case .redirection: \.actions3xx
            case .clientError: \.actions4xx
            case .serverError: \.actions5xx
            case .error, nil: \.actionErrors
            }
        }
        if name.isOf(.decisionErrors) { return \.decisionErrors }
        if name.isOf(.sessionsFailed) { return \.sessionsFailed }
        return switch name {
        case .decisions: \.decisions
        case .sessionsSucceeded: \.sessionsSucceeded
        case .sessionsUnfinished: \.sessionsUnfinished
        default: nil
        }
    }
}

extension Histogram {
    /// Several percentiles at once, by nearest rank as ``percentile(_:)``.
    ///
    /// - Parameter percents: rising, of 0 to 100.
    /// - Returns: microseconds, in their order.
    package func percentiles(_ percents: [Double]) -> [Int64] {
        guard count > 0 else { return [] }
        let ranks = percents.map(rank(ofPercent:))
        var found: [Int64] = []
        var seen: Int64 = 0
        for bucket in buckets {
            seen = seen.addingClamped(bucket.count)
            while found.count < ranks.count, seen >= ranks[found.count] {
                found.append(max(minMicros, min(maxMicros, Self.greatestValue(of: bucket.index))))
            }
        }
        return found + Array(repeating: maxMicros, count: percents.count - found.count)
    }
}
