import ApeMetrics
import ApeRun

/// What a change takes out of every gap: a fraction, 0 to 1, of each of its parts.
package struct GapCut: Sendable, Equatable {
    private(set) var fractions: [GapBreakdown.Part: Double]

    init(_ fractions: [GapBreakdown.Part: Double]) {
        self.fractions = fractions.mapValues { min(1, max(0, $0)) }
    }

    /// The microseconds that go.
    package func micros(of gaps: GapBreakdown) -> Double {
        // In one order: a dictionary's own differs from one to the next, and so would the sum's last digit.
        GapBreakdown.Part.allCases.reduce(0) { $0 + (fractions[$1] ?? 0) * Double(gaps[part: $1]) }
    }

    /// Both changes, each of which takes out its own share of a part, and never more than all of it.
    package mutating func merge(_ other: GapCut) {
        fractions.merge(other.fractions) { min(1, $0 + $1) }
    }
}
