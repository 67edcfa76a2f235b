import ApeCore
import ApeMetrics
import ApeRun

/// Whether what was tested can take its load in production; the rules stand in `docs/kpis.md`.
package enum Readiness: String, Sendable, CaseIterable {
    /// The run finished, every target was exercised and passed, and no interval straddles its target.
    case ready = "READY"
    /// The run finished and its critical targets passed, but another target failed, is open or marginal, or one was not
    /// exercised.
    case mostlyReady = "MOSTLY_READY"
    /// A critical target failed or is open, and following all recommendations would bring each that failed to its target.
    case needsOptimization = "NEEDS_OPTIMIZATION"
    /// A critical target or a stage failed, and the recommendations do not mend it; or the fleet could not go on.
    case notReady = "NOT_READY"

    package init(_ analysis: OptimizationAnalysis) {
        let verdict = analysis.verdict
        if verdict.outcome.failure != nil { self = .notReady; return }
        // What a run could not show says nothing against the application.
        let isMended =
            verdict.failedStages.isEmpty
            && verdict.criticalFailures.allSatisfy { analysis.optimized($0.key)?.meetsTarget ?? false }
        switch verdict.exitCode {
        case .passed:
            let isClean = verdict.verdicts.allSatisfy { $0.status == .pass && !$0.marginal }
            self = isClean ? .ready : .mostlyReady
        default: self = isMended ? .needsOptimization : .notReady
        }
    }

    /// The rule that it follows from, for people.
    package var reason: String {
        switch self {
        case .ready: "Every target was exercised and passed, clear of its interval."
        case .mostlyReady:
            "Every critical target that was exercised passed; another one failed, is open, marginal or not exercised."
        case .needsOptimization:
            "A critical target failed or is open; following the recommendations would bring each that failed to its target."
        case .notReady:
            "A critical target or a stage failed, and what the run shows does not bring it to its target."
        }
    }
}
