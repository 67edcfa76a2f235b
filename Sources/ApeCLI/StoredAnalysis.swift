import ApeCore
import ApeMetrics
import ApeProgram
import ApeReport
import ApeStore
import Foundation

/// Analyses runs of a results directory.
enum StoredAnalysis {
    /// The word for the run that began last.
    static let latest = "latest"

    /// Analyses a stored run, judged again by the scenario that it had.
    ///
    /// - Throws: ``ApeError`` for a directory without runs, and for a run that is not there, goes on or cannot be read.
    static func report(ofRun name: String, results: String) async throws -> OptimizationReport {
        let path = RunStore.path(in: results)
        guard FileManager.default.fileExists(atPath: path) else {
            throw ApeError(.usage, "\(results) has no runs: name the directory where they are kept with --results")
        }
        let store = try RunStore(path: path)
        let first = name == latest ? try await store.history().first?.id : name
        guard let id = first, let run = try await store.run(id), let ledger = try await store.ledger(ofRun: id) else {
            throw ApeError(.usage, "\(results) has no run \(name): see those that there are with ape-test history")
        }
        guard run.outcome != nil || !RunClaim.isHeld(run: id, results: results) else {
            throw ApeError(.usage, "Run \(id) goes on: analyse it when it has ended")
        }
        try store.close()
        let scenario = try Scenario(document: run.scenario)
        let verdict = RunVerdict(
            judging: ledger,
            rules: JudgingRules(scenario, strict: false),
            outcome: run.outcome ?? .interrupted
        )
        let lastSecond = ledger.stages.compactMap { $0.timeline?.seconds.upperBound }.max() ?? 0
        let description = RunDescription(
            id: id,
            scenarioName: run.scenarioName,
            seed: run.seed,
            startMicros: run.createdMicros,
            endMicros: run.endedMicros ?? max(run.createdMicros, lastSecond * 1_000_000),
            apeVersion: ApeVersion.text,
            subject: .init(scenario, isDemo: run.isDemo)
        )
        return OptimizationReport(
            run: description,
            analysis: OptimizationAnalysis(ledger: ledger, verdict: verdict)
        )
    }

    /// The run that a validation report on disk is of.
    static func run(ofReport path: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let run = (try? JSONValue(parsing: text))?["run"]?["id"]?.string
        else { throw ApeError(.file, "\(path) is no validation report: the run ended before it was written") }
        return run
    }
}
