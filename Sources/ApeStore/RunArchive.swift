import ApeCore
import ApeFleet
import ApeRun
import GRDB

/// Everything that a store knows about one run, judged again by the run's own scenario and strictness.
package struct RunArchive: Sendable {
    package let run: StoredRun
    package let scenario: Scenario
    package let ledger: RunLedger
    package let verdict: RunVerdict
    /// Fleet time: the end of the run, or of its last window where the run has not ended.
    package let endMicros: Int64
}

extension RunStore {
    /// The name of the run that began last.
    package static let latest = "latest"
    /// The fewest characters that are taken for the beginning of a run's identifier.
    static let minimumPrefix = 4

    /// Reads a run from everything that is stored. A run that has not ended counts as interrupted at the end of its
    /// last window.
    ///
    /// - Throws: ``ApeError`` for a run that the store does not know or cannot read.
    package func archive(ofRun id: String) async throws -> RunArchive {
        guard let run = try await run(id), var ledger = try await ledger(ofRun: id) else {
            throw StoreFault.error(for: StoreFault.unknownRun(id), path: path)
        }
        let scenario = try Scenario(document: run.scenario)
        let endMicros: Int64
        if let ended = run.endedMicros {
            endMicros = ended
        } else {
            endMicros = try await lastWindowEndMicros(ofRun: id) ?? run.createdMicros
            ledger.ended(atMicros: endMicros)
        }
        let verdict = RunVerdict(
            judging: ledger,
            rules: JudgingRules(scenario, strict: run.isStrict),
            outcome: run.outcome ?? .interrupted
        )
        return RunArchive(run: run, scenario: scenario, ledger: ledger, verdict: verdict, endMicros: endMicros)
    }

    /// Reads the run that a user names, for a comparison.
    ///
    /// - Throws: what ``runID(meantBy:)`` and ``archive(ofRun:)`` throw.
    package func comparable(_ text: String) async throws -> ComparableRun {
        let archive = try await archive(ofRun: runID(meantBy: text))
        let run = archive.run
        return ComparableRun(
            id: run.id,
            scenarioName: run.scenarioName,
            startMicros: run.createdMicros,
            archive.ledger,
            archive.verdict
        )
    }

    /// The identifier of the one run that a user means by an identifier, the beginning of one, or `latest`.
    ///
    /// - Throws: ``ApeError`` of code `store` where there is no such run, and of code `usage` where there are several.
    package func runID(meantBy text: String) async throws -> String {
        let ids = try await read { database in
            try String.fetchAll(database, sql: "SELECT id FROM runs ORDER BY number DESC")
        }
        if ids.contains(text) { return text }
        if text == Self.latest, let latest = ids.first { return latest }
        let found = text.count >= Self.minimumPrefix ? ids.filter { $0.hasPrefix(text) } : []
        guard found.count > 1 else {
            if let only = found.first { return only }
            throw StoreFault.error(for: StoreFault.unknownRun(text), path: path)
        }
        throw ApeError(
            .usage,
            "\(found.count) runs begin with \(text): give more of the one you mean, see ape-test history"
        )
    }

    /// A run's timelines, made by reading its windows once.
    ///
    /// - Parameters:
    ///   - run: the run's identifier.
    ///   - builders: one for each timeline that is wanted.
    /// - Returns: the points of each, by time and stage.
    /// - Throws: ``ApeError`` for a run that the store does not know or cannot read.
    package func timelines(ofRun run: String, _ builders: [TimelineBuilder]) async throws -> [[TimelinePoint]] {
        var builders = builders
        guard !builders.isEmpty else { return [] }
        var points: [[TimelinePoint]] = builders.map { _ in [] }
        for try await stored in windowsByTime(ofRun: run) {
            for index in builders.indices {
                points[index] += builders[index].add(worker: stored.worker, window: stored.window)
            }
        }
        for index in builders.indices { points[index] += builders[index].finish() }
        return points
    }

    private func lastWindowEndMicros(ofRun id: String) async throws -> Int64? {
        try await read { database in
            let sql = "SELECT MAX(end_us) FROM windows WHERE run = ?"
            return try Int64.fetchOne(database, sql: sql, arguments: [try Self.number(ofRun: id, database)])
        }
    }
}
