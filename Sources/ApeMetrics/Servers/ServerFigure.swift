import ApeCore

/// A figure of a server at one moment, made of the samples that it shows.
package struct ServerFigure: Sendable, Hashable {
    /// The series as the scenario names it.
    package var series: String
    package var kind: Kind
    package var value: Double

    package init(_ series: String, _ kind: Kind, _ value: Double) {
        (self.series, self.kind, self.value) = (series, kind, value)
    }

    /// How a figure is made of samples.
    package enum Kind: String, Sendable, CaseIterable {
        /// What the page says at the moment.
        case gauge
        /// What a counter grew by since the question before, in a second.
        case rate
        /// What the observations since the question before came to, each.
        case mean
    }

    package var unit: ServerUnit { ServerUnit(of: series, kind) }
}

/// The unit of a server's figure. Prometheus asks that a name ends with it.
package enum ServerUnit: String, Sendable, CaseIterable {
    case seconds
    case bytes
    /// 0 to 1, shown in percent.
    case ratio
    /// 0 to 100.
    case percent
    case number
    case perSecond = "per_second"
    case bytesPerSecond = "bytes_per_second"
    /// Seconds of work in a second: so many CPUs.
    case secondsPerSecond = "seconds_per_second"

    /// The unit that a series' name tells.
    package init(of series: String, _ kind: ServerFigure.Kind) {
        let name = String(series.prefix { $0 != "{" })
        if kind == .rate {
            self =
                name.hasSuffix("_seconds_total") || name.hasSuffix("_seconds_sum")
                ? .secondsPerSecond
                : name.hasSuffix("_bytes_total") || name.hasSuffix("_bytes_sum") ? .bytesPerSecond : .perSecond
        } else if let known = ServerPreset.entry(of: name)?.unit {
            self = known
        } else if name.hasSuffix("_seconds") || kind == .mean && name.hasSuffix("_duration") {
            self = .seconds
        } else if name.hasSuffix("_bytes") {
            self = .bytes
        } else if name.hasSuffix("_percent") {
            self = .percent
        } else {
            self = Self.isRatio(name) ? .ratio : .number
        }
    }

    /// Whether a name is that of a part of a whole, of which several do not add up.
    static func isRatio(_ name: String) -> Bool {
        ["_ratio", "_perc", "_usage", "_utilization", "_utilisation", "_hit_rate"].contains { name.hasSuffix($0) }
    }

    /// A figure for people, such as `12.5 %`.
    package func text(_ value: Double) -> String {
        switch self {
        case .seconds: Decimals.text(value, places: abs(value) < 0.01 ? 6 : 3) + " s"
        case .bytes: ByteText.text(value)
        case .ratio: Decimals.text(100 * value, places: 1) + " %"
        case .percent: Decimals.text(value, places: 1) + " %"
        case .number: Decimals.text(value, places: value == value.rounded() ? 0 : 2)
        case .perSecond: Decimals.text(value, places: abs(value) < 10 ? 2 : 0) + "/s"
        case .bytesPerSecond: ByteText.text(value) + "/s"
        case .secondsPerSecond: Decimals.text(value, places: 2) + " s/s"
        }
    }
}
