import ApeCore
import ApeRun

/// A run in a list of runs.
package struct RunSummary: Sendable, Equatable {
    package var id: String
    package var scenarioName: String
    /// The greatest number of agents in the plan.
    package var agents: Int
    /// The number of workers that measured anything.
    package var workers: Int
    /// Whether it tested the embedded demo.
    package var isDemo: Bool
    /// Fleet time.
    package var createdMicros: Int64
    /// nil while the run is going on, and after its coordinator died.
    package var outcome: RunOutcome?
    /// Fleet time; nil where ``outcome`` is nil.
    package var endedMicros: Int64?
    /// The exit code of the run's coordinator; nil where ``outcome`` is nil.
    package var exitCode: Int64?
    /// The overall status, by the critical targets; nil where ``outcome`` is nil.
    package var status: String?
    /// The report's path; nil where none was written.
    package var report: String?
    /// What its search came to, as ``CapacityAnswer/summary``; nil for a run that followed a plan or has no outcome.
    package var capacity: JSONValue?
    /// In the order of the eight targets; empty for runs that an earlier version stored.
    package var verdicts: [Target]
    /// The user's own conditions, in their order.
    package var thresholds: [Threshold] = []

    /// One target's verdict.
    package struct Target: Sendable, Equatable {
        package var key: KPIKey
        package var status: String
        /// In the target's unit.
        package var target: Double
        /// In the target's unit; nil where nothing was measured.
        package var measured: Double?
    }
    /// The verdict on one of the user's own conditions.
    package struct Threshold: Sendable, Equatable {
        package var text: String
        package var status: String
        /// As ``ThresholdCondition/Limit/unit``.
        package var unit: String
        /// In the limit's unit; nil where nothing was measured.
        package var measured: Double?
        /// At 95 % confidence; nil where nothing is known of its error.
        package var interval: Interval?
    }
}

extension RunSummary.Threshold {
    init(_ verdict: ThresholdVerdict) {
        text = verdict.text
        status = verdict.status.rawValue
        unit = verdict.threshold.condition.limit.unit
        measured = verdict.measured
        interval = verdict.interval
    }

    /// Reads what ``json`` writes; nil for anything else.
    init?(_ json: JSONValue) {
        guard let text = json["threshold"]?.string, let status = json["status"]?.string,
            let unit = json["unit"]?.string
        else { return nil }
        (self.text, self.status, self.unit) = (text, status, unit)
        measured = json["measured_value"]?.number
        if let low = json["low"]?.number, let high = json["high"]?.number { interval = Interval(low: low, high: high) }
    }

    var json: JSONValue {
        [
            "threshold": .string(text), "status": .string(status), "unit": .string(unit),
            "measured_value": measured.map { .number($0) } ?? .null,
            "low": interval.map { .number($0.low) } ?? .null, "high": interval.map { .number($0.high) } ?? .null,
        ]
    }
}
