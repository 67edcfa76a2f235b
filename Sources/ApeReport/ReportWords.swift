import ApeCore
import ApeMetrics
import ApeRun

/// What every format says of a run in the same words.
struct ReportWords {
    let report: ValidationReport

    init(_ report: ValidationReport) {
        self.report = report
    }

    /// One word or two on how the run ended.
    var headline: String {
        switch report.verdict.outcome {
        case .finished: report.verdict.status.rawValue
        case .interrupted: "INTERRUPTED"
        case .fleetFailed: "FLEET FAILED"
        }
    }

    /// What the headline is painted as.
    var headlineStatus: Verdict.Status {
        switch report.verdict.outcome {
        case .finished: report.verdict.status
        case .interrupted: .inconclusive
        case .fleetFailed: .fail
        }
    }

    /// The exit code and what a CI job makes of it.
    var exitSentence: String {
        let code = report.exitCode
        let meaning =
            switch code {
            case .passed: "every critical target that the run exercised passed."
            case .failed:
                report.verdict.exitCode == .failed
                    ? "a critical target failed." : "a critical target got worse than its base."
            case .usage: "nothing ran."
            case .inconclusive: "no critical target failed, but the measurement does not carry a verdict."
            case .fleet: "the fleet could not go on."
            case .interrupted: "the run was interrupted; this is what was measured until then."
            }
        return "Exit code \(code.rawValue): \(meaning)"
    }

    /// Such as `8 targets: 6 passed, 1 failed, 1 not exercised`.
    var counts: String {
        let verdict = report.verdict
        let parts: [(Verdict.Status, String)] = [
            (.pass, "passed"), (.fail, "failed"), (.inconclusive, "inconclusive"), (.notExercised, "not exercised"),
        ]
        let words = parts.filter { verdict.count($0.0) > 0 }.map { "\(verdict.count($0.0)) \($0.1)" }
        return "\(verdict.verdicts.count) targets: " + words.joined(separator: ", ")
    }

    /// When it began and how long it took.
    var when: String {
        let start = Timestamp.text(micros: report.run.startMicros).prefix(19).replacing("T", with: " ")
        let micros = max(0, report.run.endMicros - report.run.startMicros)
        return "\(start) UTC, \(DurationText.text(micros: (micros + 500_000) / 1_000_000 * 1_000_000))"
    }
}
