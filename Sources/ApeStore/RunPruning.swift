import ApeCore
import ApeRun
import FoundationEssentials

/// Lets go of the old runs of a results directory, while others may write to it.
package struct RunPruning: Sendable {
    /// What has become of a directory.
    package struct Outcome: Sendable, Equatable {
        /// The runs that are gone.
        package var runs: [RunSummary] = []
        /// The files of reports that went with them.
        package var reports: [String] = []
        /// How large the database and its log were, and are.
        package var bytesBefore: Int64 = 0
        package var bytesAfter: Int64 = 0
        /// Whether the database is as small as it can be; else later runs use the room.
        package var hasShrunk = true
    }

    private let results: String
    private let store: RunStore

    /// - Parameter results: the directory.
    /// - Throws: ``ApeError`` of code `store` for a database that cannot be opened.
    package init(results: String) throws {
        self.results = results
        store = try RunStore(path: RunStore.path(in: results), checksReferences: false)
    }

    /// The runs that a rule lets go of, the oldest first. Never one that goes on, or that was cut off so lately that it may
    /// be taken up.
    ///
    /// - Parameters:
    ///   - retention: the rule.
    ///   - nowMicros: fleet time.
    /// - Returns: them.
    /// - Throws: ``ApeError`` of code `store`.
    package func outdated(by retention: Retention, nowMicros: Int64) async throws -> [RunSummary] {
        let all = try await store.history()
        let cutOff = try await store.cutOffRun().flatMap { $0.isFresh(at: nowMicros) ? $0.run.id : nil }
        return all.enumerated().filter { place, run in
            if run.outcome == nil, run.id == cutOff || RunClaim.isHeld(run: run.id, results: results) { return false }
            if let runs = retention.runs, place >= runs { return true }
            let ended = run.endedMicros ?? run.createdMicros
            return retention.ageMicros.map { nowMicros.subtractingClamped(ended) > $0 } ?? false
        }
        .map(\.element).reversed()
    }

    /// Deletes runs, with the reports that are named by them.
    ///
    /// - Parameters:
    ///   - runs: which.
    ///   - progress: told how many are gone, and of how many.
    /// - Returns: what has become of the directory. A run that somebody has taken up meanwhile is still there.
    /// - Throws: ``ApeError`` of code `store`; `CancellationError`, between two steps.
    package func prune(_ runs: [RunSummary], progress: (Int, Int) -> Void = { _, _ in }) async throws -> Outcome {
        var outcome = Outcome(bytesBefore: bytes)
        for (place, run) in runs.enumerated() {
            progress(place, runs.count)
            // Nobody takes up what is being deleted.
            let claim = try? run.outcome == nil ? RunClaim(run: run.id, results: results) : nil
            guard run.outcome != nil || claim != nil else { continue }
            defer { withExtendedLifetime(claim) {} }
            try await store.delete(run: run.id)
            outcome.runs.append(run)
            outcome.reports += Self.removeReports(of: run)
        }
        progress(runs.count, runs.count)
        if !outcome.runs.isEmpty { outcome.hasShrunk = try await store.shrink(isAlone: try await isAlone()) }
        outcome.bytesAfter = bytes
        return outcome
    }

    /// Closes the database.
    ///
    /// - Throws: ``ApeError`` of code `store`.
    package func close() throws { try store.close() }

    private var bytes: Int64 { RunStore.bytes(in: results) ?? 0 }

    private func isAlone() async throws -> Bool {
        try await store.history().allSatisfy { $0.outcome != nil || !RunClaim.isHeld(run: $0.id, results: results) }
    }

    /// Identifiers that are shorter may stand in other files' names.
    private static let surelyUnique = 32

    /// Removes the files beside a run's report that are named by the run.
    private static func removeReports(of run: RunSummary) -> [String] {
        guard let report = run.report, run.id.utf8.count >= surelyUnique, let slash = report.lastIndex(of: "/") else {
            return []
        }
        let directory = String(report[...slash])
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.contains(run.id) }.map { directory + $0 }.sorted().filter {
            (try? FileManager.default.removeItem(atPath: $0)) != nil
        }
    }
}
