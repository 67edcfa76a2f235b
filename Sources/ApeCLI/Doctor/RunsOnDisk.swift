import ApeCore
import ApeProgram
import ApeStore

/// How much room the runs of a results directory take.
enum RunsOnDisk {
    /// Looks at the database of a directory; nil where it has none.
    static func finding(results: String, freeBytes: Int64?) async -> Finding? {
        guard let bytes = RunStore.bytes(in: results) else { return nil }
        do {
            let store = try RunStore(path: RunStore.path(in: results))
            let runs = try await store.history().count
            try store.close()
            return finding(results: results, bytes: bytes, runs: runs, freeBytes: freeBytes)
        } catch {
            let fix = ["choose another directory with --results, or move the file away"]
            return Finding("runs", .fault, "The runs of \(results) cannot be read: \(error)", fix: fix)
        }
    }

    /// A warning where there is less left than what the runs take: as many runs again do not fit.
    static func finding(results: String, bytes: Int64, runs: Int, freeBytes: Int64?) -> Finding {
        let message = "The database of \(results) has \(ByteText.text(Double(bytes))) in \(runs.counting("run"))."
        guard let freeBytes, runs > 1, freeBytes < bytes else { return Finding("runs", .ok, message) }
        let fix = [
            "ape-test history --results \(results) --prune \(max(1, runs / 2))",
            "for a fleet that stands: ape-coordinator run --keep-runs or --keep-for",
        ]
        return Finding("runs", .warning, message + " Less than that is free.", fix: fix)
    }
}
