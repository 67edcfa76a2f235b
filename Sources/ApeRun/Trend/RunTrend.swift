import ApeCore

/// How the figures of a scenario's runs went from run to run.
package struct RunTrend: Sendable, Equatable {
    package var scenarioName: String
    /// The earliest first.
    package internal(set) var runs: [Run] = []
    /// One for each target and threshold; each has a point, or a gap, for every run.
    package internal(set) var lines: [Line] = []
    /// What the next run's figures are compared with: of each figure the latest value since the last break.
    var base: ComparableRun?

    package init(scenarioName: String) {
        self.scenarioName = scenarioName
    }

    /// One run.
    package struct Run: Sendable, Equatable {
        package var id: String
        /// Fleet time.
        package var startMicros: Int64
        /// How it ended, in a word or two.
        package var state: String
        /// Why nothing of it is shown; nil for a run with values.
        package var gap: String?
        /// Why its figures are not those of the run before it, a few words each; empty where they are.
        package var breaks: [String] = []
        var origin: RunOrigin?
    }

    /// One figure over the runs.
    package struct Line: Sendable, Equatable {
        /// Its name in reports.
        package var name: String
        /// A few words for people.
        package var title: String
        /// What stands behind a number, such as ` s`.
        package var symbol: String
        /// Decimal places that people are shown.
        package var places: Int
        /// What it is held against in the latest run that has it; nil for nothing.
        package var limit: Double?
        /// That with its comparison and unit, such as `< 2.0 s`; `-` for nothing.
        package var demand: String
        /// One for each run; nil for a gap.
        package var points: [Point?]
    }

    /// One run's value.
    package struct Point: Sendable, Equatable {
        package var value: Double
        /// At 95 % confidence; nil where nothing is known of the error.
        package var interval: Interval?
        /// The verdict on it is inconclusive: it is shown, and compared with nothing.
        package var isInconclusive: Bool
        /// The value that it was compared with; nil where it was not.
        package var base: Double?
        /// The probability of so great a difference by chance; nil without a test.
        package var probability: Double?
        /// What the comparison came to, before any other was looked at.
        var outcome: RunComparison.Outcome
        /// Whether it changed for better or for worse by more than chance and by enough to matter, all comparisons of the
        /// trend considered; nil for neither.
        package internal(set) var change: Change?
    }

    package enum Change: String, Sendable {
        case better, worse
    }
}

extension RunTrend {
    /// The comparisons that Holm's method takes together.
    package var tests: Int {
        lines.reduce(0) { sum, line in sum + line.points.count { $0?.probability != nil } }
    }

    /// The points that changed, the earliest first.
    package var changes: [(run: Run, line: Line, point: Point)] {
        runs.indices.flatMap { index in
            lines.compactMap { line in
                guard let point = line.points[index], point.change != nil else { return nil }
                return (runs[index], line, point)
            }
        }
    }
}

extension RunTrend.Line {
    /// A value of the line with its unit.
    package func amount(_ value: Double) -> String { digits(value) + symbol }

    /// A value of the line without its unit.
    package func digits(_ value: Double) -> String { Decimals.text(value, places: places) }

    /// The latest value; nil where there is none.
    package var latest: RunTrend.Point? { points.last { $0 != nil } ?? nil }
}
