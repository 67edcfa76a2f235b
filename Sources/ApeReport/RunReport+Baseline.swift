import ApeCore
import ApeMetrics
import ApeRun

extension RunReport {
    /// Another run that this one is held against.
    package struct Baseline: Sendable {
        package var comparison: RunComparison
        /// A critical target that got worse by more than this share fails the run; nil where none does.
        package var regressionLimit: Double?

        package init(_ comparison: RunComparison, regressionLimit: Double?) {
            self.comparison = comparison
            self.regressionLimit = regressionLimit
        }

        /// What the comparison alone comes to, where it was asked to fail.
        package var exitCode: ExitCode {
            guard let regressionLimit else { return .passed }
            if !comparison.regressions(beyond: regressionLimit).isEmpty { return .failed }
            return comparison.openCriticalRows.isEmpty ? .passed : .inconclusive
        }
    }

    /// What the run's program exits with: the verdict's code, unless that is better than the comparison's.
    package var exitCode: ExitCode {
        switch (verdict.exitCode, baseline?.exitCode) {
        case (.passed, let code?): code
        case (.inconclusive, .failed?): .failed
        case (let code, _): code
        }
    }
}
