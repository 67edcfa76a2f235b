import ApeCore
import ApeReport
import ApeRun
import ApeStore

/// The runs of a results directory, for people and for programs.
struct RunHistory: Sendable {
    var results: String
    /// The latest first, each with whether a coordinator is at work on it.
    var runs: [(summary: RunSummary, isRunning: Bool)]

    /// A few lines for each run, ended by a newline.
    var text: TerminalText {
        guard !runs.isEmpty else { return "\(results) has no runs yet: ape-test validate makes one.\n" }
        let entries = runs.map { entry($0.summary, isRunning: $0.isRunning) }
        return TerminalText(lines: entries.joined(separator: [""]))
    }

    private func entry(_ run: RunSummary, isRunning: Bool) -> [String] {
        var facts = [
            run.isDemo ? "the embedded demo" : run.scenarioName,
            run.capacity?["words"]?.string ?? run.agents.counting("agent"),
        ]
        facts.append(run.workers.counting("worker"))
        if let ended = run.endedMicros {
            facts.append(Self.length(max(0, ended - run.createdMicros)))
        }
        let when = Timestamp.text(micros: run.createdMicros).prefix(19).replacing("T", with: " ")
        var lines = ["\(when) UTC  \(run.state(isRunning: isRunning)): \(facts.joined(separator: ", "))"]
        lines.append("  run \(run.id)")
        for threshold in run.thresholds where threshold.status != Verdict.Status.pass.rawValue {
            lines.append("  \(threshold.status) \(threshold.text)")
        }
        if let report = run.report { lines.append("  report \(report)") }
        if let failure = run.outcome?.failure { lines.append("  \(failure.reason)") }
        if case .aborted(let threshold) = run.outcome { lines.append("  the threshold \(threshold) failed") }
        if run.outcome == nil, !isRunning { lines.append("  " + advice(run)) }
        return lines
    }

    private func advice(_ run: RunSummary) -> String {
        // The demo's addresses were gone with its processes.
        if run.isDemo { return "cut off; a run of the embedded demo cannot be taken up" }
        return "cut off; take it up with: ape-coordinator run --resume \(run.id) --results \(results), "
            + "and the scenario, plan and listening address that it was started with"
    }

    /// Whole seconds up to ten minutes, then whole minutes.
    private static func length(_ micros: Int64) -> String {
        let unit: Int64 = micros < 600_000_000 ? 1_000_000 : 60_000_000
        return DurationText.text(micros: (micros + unit / 2) / unit * unit)
    }

    /// The same as one object.
    var json: JSONValue {
        ["runs": .array(runs.map { $0.summary.json(isRunning: $0.isRunning) })]
    }
}
