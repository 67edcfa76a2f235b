import ApeCore
import ApeRun

/// What every format shows of a target.
package struct TargetRow: Sendable, Equatable {
    package let verdict: Verdict

    package var target: KPITarget { verdict.target }
    package var status: Verdict.Status { verdict.status }

    /// The status in a table, such as `PASS (marginal)`.
    var statusText: String { status.rawValue + (verdict.marginal ? " (marginal)" : "") }

    /// The measured value with its unit; nil where nothing was measured.
    var amount: String? { verdict.measured.map(target.amount) }

    /// The ends of the 95 % interval without a unit; nil where there is none.
    var interval: (low: String, high: String)? {
        verdict.interval.map { (target.digits($0.low), target.digits($0.high)) }
    }

    /// The value and what it is judged by, such as `Mean time to first token: 0.270 s, target < 2.0 seconds`.
    var sentence: String { "\(target.title): \(amount ?? "not measured"), target \(target.sentence)" }

    /// Whether the target was missed, is open, or was met so narrowly that chance may have done it.
    var isConcern: Bool { status == .fail || status == .inconclusive || verdict.marginal }
}
