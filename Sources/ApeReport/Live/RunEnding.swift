import ApeAnalysis
import ApeCore
import ApeRun

/// What stands beneath the verdicts of a run that has just ended: what held it back, and what to do next.
package struct RunEnding: Sendable {
    private let report: RunReport
    /// The results directory, as commands name it; nil for the usual one.
    private let results: String?
    private let hasHTML: Bool
    private let width: Int

    package init(_ report: RunReport, results: String?, hasHTML: Bool, width: Int) {
        self.report = report
        self.results = results
        self.hasHTML = hasHTML
        self.width = width
    }

    /// The text, each line ended by a newline.
    package var text: String {
        let lines = finding.map { WrappedText.lines($0, width: width) } ?? []
        return (lines + ["Next: \(commands[0])"] + commands.dropFirst().map { "      \($0)" })
            .map { $0 + "\n" }.joined()
    }

    /// The first thing that the run shows to get better, and whose it is; nil where nothing is found.
    private var finding: String? {
        guard let first = report.analysis.recommendations.first else { return nil }
        let verb = first.priority == .low ? "Next limit" : "What held it back"
        return "\(verb) (\(first.cause.rawValue)): \(first.description)"
    }

    private var commands: [String] {
        let run = String(report.run.id.prefix(8))
        let place = results.map { " --results \(Self.quoted($0))" } ?? ""
        return [
            hasHTML ? "ape-test optimize \(run)\(place)" : "ape-test report \(run) --html report.html\(place)",
            "ape-test compare \(run) latest\(place)   (after another run)",
        ]
    }

    /// A path as a shell takes it.
    private static func quoted(_ path: String) -> String {
        let plain = path.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789/._-".unicodeScalars.contains(scalar))
        }
        return plain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }
}
