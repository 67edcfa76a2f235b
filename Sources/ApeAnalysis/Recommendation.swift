import ApeCore
import ApeMetrics
import ApeRun

/// One thing to change: what was measured, what to do, and what it would give.
package struct Recommendation: Sendable, Equatable {
    /// A stable name, such as `inference-first-token`.
    package var id: String
    package var category: Category
    package var priority: Priority = .low
    /// Whose it is to mend.
    package var cause: Cause
    /// What was found, in a sentence.
    package var description: String
    /// What to do, with the setting, route or resource and the value to try.
    package var action: String
    package var steps: [String]
    /// What it follows from; never empty.
    package var evidence: [Evidence]
    /// What it would give; empty only where it makes a verdict possible that could not be passed.
    package var improvements: [Improvement] = []
    /// The targets that it concerns beside those that it improves.
    package var concerns: Set<KPIKey> = []
    /// What it takes out of gaps.
    var cut = GapCut([:])
    /// How much of TTFT it takes away, 0 to 1.
    var ttftCut = 0.0
    /// Failed sessions that it prevents.
    var prevented = 0.0
    /// How much of what failed, or of the gap, it explains, 0 to 1: what decides between recommendations of one
    /// priority.
    var explains = 0.0
    /// Whether it is what stalled agents waited for.
    var explainsStalls = false
    /// What stands in the place of figures where there is nothing to replay.
    var outcome: String?

    package enum Category: String, Sendable, CaseIterable {
        case sessionSuccess = "Session Success"
        case performance = "Performance"
        case inference = "Inference"
        case resources = "Resource Efficiency"
        case throughput = "Throughput"
    }

    /// **high**: it concerns a critical target that failed, or one that a saturated worker left open; **medium**:
    /// another target that failed, or one whose interval straddles its target; **low**: the next bottleneck of a run
    /// that passed.
    package enum Priority: String, Sendable, CaseIterable {
        case high
        case medium
        case low
    }

    package enum Cause: String, Sendable, CaseIterable {
        case target
        case inference
        /// The model's mistakes, or the limits of steps and time.
        case simulation
        /// The load generator.
        case harness
        /// What the scenario asks for.
        case scenario
    }

    /// A figure of the report that a recommendation follows from.
    package struct Evidence: Sendable, Equatable {
        /// Where the report has it, such as `gap_parts.decision.first_token`.
        package var source: String
        package var value: Double
        package var unit: String
        /// The figure in words.
        package var words: String
    }

    /// The greatest improvement of any one value, in percent of it.
    var greatestPercent: Double { improvements.map(\.relativePercent).max() ?? 0 }

    /// How much it gives: `high` from 20 % of a value, `medium` from 5 %.
    package var impact: String {
        greatestPercent >= 20 || improvements.isEmpty ? "high" : greatestPercent >= 5 ? "medium" : "low"
    }

    /// The improvements in one sentence.
    package var expectedWords: String {
        let clauses = improvements.map(\.words) + (outcome.map { [$0] } ?? [])
        return clauses.joined(separator: "; ") + "."
    }
}
