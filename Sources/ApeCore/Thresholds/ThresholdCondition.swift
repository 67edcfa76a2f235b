/// What a threshold asks of a figure: `p95(target{route=POST /api/checkout}) < 500ms`.
package struct ThresholdCondition: Sendable, Equatable {
    /// The name of servers' own figures, as in `max(server{name=vllm, series=queue_depth}) < 40`.
    package static let serverName = "server"

    /// As the user wrote it, blanks at its ends left out.
    package var text: String
    package var statistic: Statistic
    /// The name of a series or counter, such as `ttft`.
    package var name: String
    /// Where ``name`` begins in ``text``, in characters from 1.
    package var nameColumn: Int
    /// What the samples are narrowed to, no label twice.
    package var filters: [Filter]
    package var comparison: Comparison
    package var limit: Limit

    /// How samples become a figure.
    package enum Statistic: Sendable, Equatable {
        case mean
        case min
        case max
        /// Of 0 to 100, both left out.
        case percentile(Double)
        case count
        case rate
        case share

        /// Whether it is a duration.
        package var isDuration: Bool {
            switch self {
            case .mean, .min, .max, .percentile: true
            case .count, .rate, .share: false
            }
        }
    }

    /// One label's value.
    package struct Filter: Sendable, Equatable {
        package var label: String
        package var value: String
        /// Where the label begins in the condition's text, in characters from 1.
        package var column: Int
    }

    package enum Comparison: String, Sendable, CaseIterable {
        case below = "<"
        case atMost = "<="
        case above = ">"
        case atLeast = ">="

        /// Whether great values fail.
        package var isUpper: Bool { self == .below || self == .atMost }
    }

    /// What a figure is held against.
    package enum Limit: Sendable, Equatable {
        case duration(micros: Int64)
        /// 0 to 100.
        case percent(Double)
        case perSecond(Double)
        case perMinute(Double)
        case perHour(Double)
        case bytes(Double)
        case number(Double)
    }

    /// The value of a filter; nil without it.
    package func value(of label: String) -> String? { filters.first { $0.label == label }?.value }
}

extension ThresholdCondition.Limit {
    /// The limit in the unit that measured figures have: seconds, percent, or a number in the limit's own stretch of time.
    package var value: Double {
        switch self {
        case .duration(let micros): Double(micros) / 1_000_000
        case .percent(let value), .perSecond(let value), .perMinute(let value), .perHour(let value), .bytes(let value),
            .number(let value):
            value
        }
    }

    /// What stands after a number.
    package var symbol: String {
        switch self {
        case .duration: " s"
        case .percent: " %"
        case .perSecond: "/s"
        case .perMinute: "/min"
        case .perHour: "/h"
        case .bytes: " B"
        case .number: ""
        }
    }

    /// The unit's name in reports.
    package var unit: String {
        switch self {
        case .duration: "seconds"
        case .percent: "percent"
        case .perSecond: "per_second"
        case .perMinute: "per_minute"
        case .perHour: "per_hour"
        case .bytes: "bytes"
        case .number: "count"
        }
    }

    /// Seconds of the stretch that a rate is counted in; nil for what is no rate.
    package var rateSeconds: Double? {
        switch self {
        case .perSecond: 1
        case .perMinute: 60
        case .perHour: 3_600
        case .duration, .percent, .bytes, .number: nil
        }
    }

    /// The whole steps in which figures of one unit are added up: microseconds, and of all else as many, but for bytes.
    package var steps: Double { if case .bytes = self { 1 } else { 1_000_000 } }
}

extension ThresholdCondition {
    /// Whether a figure in the limit's unit meets the condition.
    package func passes(_ value: Double) -> Bool {
        switch comparison {
        case .below: value < limit.value
        case .atMost: value <= limit.value
        case .above: value > limit.value
        case .atLeast: value >= limit.value
        }
    }

    /// A figure in the limit's unit without the unit.
    package func digits(_ value: Double) -> String {
        switch limit {
        case .duration: Decimals.text(value, places: value < 0.01 ? 6 : 3)
        case .percent: Decimals.text(value, places: value < 1 ? 3 : 1)
        case .perSecond, .perMinute, .perHour: Decimals.text(value, places: value < 1 ? 3 : 1)
        case .bytes: Decimals.text(value, places: 0)
        case .number: Decimals.text(value, places: value == value.rounded() ? 0 : 1)
        }
    }

    /// A figure with its unit, such as `0.512 s`.
    package func amount(_ value: Double) -> String {
        if case .bytes = limit { return ByteText.text(value) }
        return digits(value) + limit.symbol
    }
}
