import ApeCore
import ApeMetrics

/// A condition of the user's own, judged.
package struct ThresholdVerdict: Sendable, Equatable {
    package var threshold: Threshold
    /// PASS, FAIL or INCONCLUSIVE. One without samples is INCONCLUSIVE.
    package var status: Verdict.Status
    /// In the limit's unit; of the worst stretch where every stretch is judged. nil where nothing was measured.
    package var measured: Double?
    /// At 95 % confidence, in the limit's unit.
    package var interval: Interval?
    /// Whether the interval straddles the limit.
    package var isMarginal = false
    /// How many samples the value rests on.
    package var samples: Int64 = 0
    /// How many stretches were judged, and how many of them failed; nil where the whole hold is.
    package var stretches: Stretches?
    /// What was measured and why the status is what it is, for people.
    package var details: String
    /// Why the status is not what the value alone says; it ends ``details``.
    package var reason: String?

    /// What became of the stretches of holds.
    package struct Stretches: Sendable, Equatable {
        package var judged = 0
        package var failed = 0
        /// When the worst one began; fleet time.
        package var worstStartMicros: Int64 = 0
        /// The stage that it belongs to.
        package var worstStage = 0
    }

    /// Whether it ended the run.
    package var endedRun = false

    init(_ threshold: Threshold, _ status: Verdict.Status, details: String) {
        self.threshold = threshold
        self.status = status
        self.details = details
    }

    /// Changes the status for a reason beyond the measured value.
    mutating func become(_ status: Verdict.Status, because reason: String) {
        self.status = status
        self.reason = reason
        details += " " + reason
    }

    /// The condition as the user wrote it, with what it is judged over.
    package var text: String { threshold.text }

    /// Whose failure it is, where the figure itself says so.
    package var party: Party? { ThresholdCatalogue.party(of: threshold.condition) }

    /// The measured value with its unit; nil where nothing was measured.
    package var measuredText: String? { measured.map(threshold.condition.amount) }

    /// The measured value with its interval, for tables; `-` where nothing was measured.
    package var measuredWords: String {
        let condition = threshold.condition
        let ends = interval.map { " (\(condition.digits($0.low)) .. \(condition.digits($0.high)))" }
        return (measuredText ?? "-") + (ends ?? "")
    }

    /// The limit, such as `< 0.5 s`.
    package var limitText: String {
        let condition = threshold.condition
        return "\(condition.comparison.rawValue) \(condition.amount(condition.limit.value))"
    }

    /// The status in a table, such as `PASS (marginal)`.
    package var statusText: String { status.rawValue + (isMarginal ? " (marginal)" : "") }
}
