import ApeCore
import ApeMetrics

/// One of the eight targets, judged.
package struct Verdict: Sendable, Equatable {
    package var target: KPITarget
    package var status: Status
    /// In the target's unit; nil where nothing was measured.
    package var measured: Double?
    /// What is known of the value's error; nil where nothing is, or the value is an exact count.
    var precision: Precision?
    /// At 95 % confidence, in the target's unit.
    package var interval: Interval?
    /// The interval straddles the target.
    package var marginal = false
    /// What of the value the load generator itself added, in the target's unit; nil for what is no mean of waits.
    package var generator: Double?
    /// The sessions with every second and with every session weighing alike; nil for other targets.
    package var sessions: SessionShare?
    /// How many samples the value rests on.
    package var samples: Int64 = 0
    /// What was measured and why the status is what it is, for people.
    package var details: String
    /// Why the status is not what the value alone says; it ends ``details``.
    package var reason: String?

    /// **PASS / FAIL / INCONCLUSIVE / NOT_EXERCISED.** NOT_EXERCISED: the run did not ask for it; it neither passes nor
    /// fails the run, and the report says so. A verdict without samples is never PASS.
    package enum Status: String, Sendable, CaseIterable {
        case pass = "PASS"
        case fail = "FAIL"
        case inconclusive = "INCONCLUSIVE"
        case notExercised = "NOT_EXERCISED"
    }

    init(_ target: KPITarget, _ status: Status, details: String) {
        self.target = target
        self.status = status
        self.details = details
    }

    /// Changes the status for a reason beyond the measured value.
    mutating func become(_ status: Status, because reason: String) {
        self.status = status
        self.reason = reason
        details += " " + reason
    }

    package var key: KPIKey { target.key }

    /// The generator's share of the value, 0 to 1; nil for what is no mean of waits.
    package var generatorShare: Double? {
        guard let generator, let measured, measured > 0 else { return nil }
        return generator / measured
    }

    /// How many batches the interval rests on; nil where it is not one of batch means.
    package var intervalBatches: Int? { precision?.estimate?.batches }

    /// The measured time was too short to trust the interval.
    package var isIntervalTooShort: Bool { precision?.estimate?.shortfall != nil }
}
