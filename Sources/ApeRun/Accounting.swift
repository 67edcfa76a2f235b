import ApeCore
import ApeMetrics

/// The certificate of a hold: where the time of all its agents went.
///
/// **An agent's time is whole.** From its start to its stop, every moment of an agent belongs to exactly one of: first
/// token, generation, target, think, retry wait (back-off after a failed session included), pause between sessions, own
/// overhead. Over a hold these parts add up to agents x hold. The report carries the residual
/// (`accounting.residual_percent`); over 1 % the run is INCONCLUSIVE, since then its own books are wrong. This is
/// Little's law used as a certificate.
package struct Accounting: Sendable, Equatable {
    /// Books that are off by a greater share of what is expected are wrong.
    static let residualShareLimit = 0.01

    /// The planned agents times the held seconds, in microseconds, as all others here.
    package private(set) var expectedMicros: Int64
    private var time: AgentTime

    /// The certificate of a hold; nil where no worker gave an account of any of its windows.
    init?(agents: Int, hold: ArraySlice<SecondTotals>) {
        var time = AgentTime()
        for second in hold { time.add(second.time) }
        let hasWindows = hold.contains { $0.workers > 0 }
        guard !hold.isEmpty, time != AgentTime() || !hasWindows else { return nil }
        expectedMicros = Int64(clamping: agents).multipliedClamped(by: Int64(hold.count) * 1_000_000)
        self.time = time
    }

    /// What went to an activity.
    package subscript(_ activity: AgentActivity) -> Int64 { time[activity] }

    /// In which agents that workers were told to run did not run.
    package var absentMicros: Int64 { time.absentMicros }

    /// Of which no worker told: lost workers, missing windows, agents that nobody was told to run. Below 0 where workers
    /// were told to run more agents than planned.
    package var unreportedMicros: Int64 { expectedMicros.subtractingClamped(time.reportedMicros) }

    /// What is left when everything that is known of is taken off: the error of the books.
    package var residualMicros: Int64 {
        AgentActivity.allCases.reduce(time.reportedMicros.subtractingClamped(absentMicros)) {
            $0.subtractingClamped(time[$1])
        }
    }

    /// The size of the error, in percent of what is expected.
    package var residualPercent: Double {
        expectedMicros > 0 ? 100 * abs(Double(residualMicros)) / Double(expectedMicros) : 0
    }

    package var isWhole: Bool { residualPercent <= 100 * Self.residualShareLimit }

    mutating func add(_ other: Accounting) {
        expectedMicros = expectedMicros.addingClamped(other.expectedMicros)
        time.add(other.time)
    }
}

extension Accounting {
    /// The account of several holds together; nil where there is none of any.
    init?(_ parts: [Accounting]) {
        guard var total = parts.first else { return nil }
        for part in parts.dropFirst() { total.add(part) }
        self = total
    }
}
