import ApeCore
import ApeMetrics
import ApeRun

/// What a change would do to one of the eight values, found by replaying the run's measurements with the change made.
package struct Improvement: Sendable, Equatable {
    package var target: KPITarget
    /// As measured, in the target's unit.
    package var current: Double
    /// With the change made.
    package var expected: Double
    /// Of ``expected``, at 95 % confidence; nil where the run was too short for one.
    package var expectedInterval: Interval?
    /// Of the improvement itself, at 95 % confidence.
    package var gainInterval: Interval?

    package var key: KPIKey { target.key }

    /// By how much the value gets better, in its unit; never below 0.
    package var gain: Double {
        max(0, target.direction == .below ? current - expected : expected - current)
    }

    /// ``gain`` over the current value, in percent.
    package var relativePercent: Double { current > 0 ? 100 * gain / current : 0 }

    package var meetsTarget: Bool { target.passes(expected) }

    /// One clause, such as `MTBA, under 500 agents from 3.412 s to 1.905 s (95 %: 1.850 .. 1.960; 44 % less)`.
    package var words: String {
        let interval = expectedInterval.map { "95 %: \(target.digits($0.low)) .. \(target.digits($0.high)); " } ?? ""
        let change = Decimals.text(relativePercent, places: relativePercent < 10 ? 1 : 0)
        let direction = target.direction == .below ? "less" : "more"
        return "\(target.shortTitle) from \(target.amount(current)) to \(target.amount(expected)) "
            + "(\(interval)\(change) % \(direction))"
    }
}
