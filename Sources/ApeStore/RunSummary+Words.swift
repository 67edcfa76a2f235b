import ApeCore

extension RunSummary {
    /// How the run ended, in a few words.
    ///
    /// - Parameter isRunning: whether a coordinator is at work on it.
    /// - Returns: words such as `PASS (exit code 0)`.
    package func state(isRunning: Bool) -> String {
        let code = exitCode.map { " (exit code \($0))" } ?? ""
        switch outcome {
        case .running: return "running"
        case .finished: return (status ?? "finished") + code
        case .interrupted: return "INTERRUPTED" + code
        case .suspended: return "SUSPENDED"
        case .budgetSpent: return "BUDGET SPENT, \(status ?? "finished")" + code
        case .aborted: return "ABORTED, \(status ?? "finished")" + code
        case .fleetFailed: return "FLEET FAILED" + code
        case nil: return isRunning ? "running" : "unfinished"
        }
    }
}
