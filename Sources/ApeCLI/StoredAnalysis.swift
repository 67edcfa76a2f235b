import ApeRun
import ApeCore
import ApeReport
import ApeStore
import ApeProgram

/// Analyses runs of a results directory.
enum StoredAnalysis {
    /// Analyses a stored run, judged again by the scenario that it had.
    ///
    /// - Throws: ``ApeError`` for a directory without runs, and for a run that is not there or cannot be read.
    static func report(ofRun name: String, results: String) async throws -> OptimizationReport {
        let store = try RunStore.existing(in: results)
        let archive = try await store.archive(ofRun: try await store.runID(meantBy: name))
        try store.close()
        return OptimizationReport(RunReport(archive))
    }

    /// The run that a validation report on disk is of.
    static func run(ofReport path: String) throws -> String {
        guard let bytes = Files.contents(of: path),
            let run = (try? JSONValue(parsing: bytes))?["run"]?["id"]?.string
        else { throw ApeError(.file, "\(path) is no validation report: the run ended before it was written") }
        return run
    }
}
