import ApeCore
import GRDB

/// The latest run of a store, which has no outcome because its coordinator died.
package struct CutOffRun: Equatable, Sendable {
    package var run: StoredRun
    /// Fleet time, in microseconds: when its last window was received, or when it was created.
    package var latestMicros: Int64

    /// How long after a coordinator's death its run is resumed by itself: as long as workers keep their windows.
    static let freshMicros: Int64 = 600_000_000

    /// Whether a coordinator that is started again with a scenario and a plan should continue this run.
    ///
    /// - Parameters:
    ///   - scenario: the scenario's document; it must equal the run's.
    ///   - plan: the plan; it must equal the run's.
    ///   - now: fleet time, in microseconds.
    /// - Returns: whether it should.
    package func isContinued(by scenario: JSONValue, _ plan: Plan, at now: Int64) -> Bool {
        run.scenario == scenario && run.plan == plan && now - latestMicros <= Self.freshMicros
    }
}

extension RunStore {
    /// The latest run, if it has no outcome; nil where it has ended, or there is no run.
    package func cutOffRun() async throws -> CutOffRun? {
        let latest = try await read { database in
            let sql = """
                SELECT id, outcome, MAX(created_us, COALESCE(
                    (SELECT MAX(received_us) FROM windows WHERE run = runs.number), 0)) AS latest_us
                FROM runs ORDER BY number DESC LIMIT 1
                """
            return try Row.fetchOne(database, sql: sql).map { row in
                (id: row["id"] as String, isOpen: (row["outcome"] as String?) == nil, micros: row["latest_us"] as Int64)
            }
        }
        guard let latest, latest.isOpen, let run = try await run(latest.id) else { return nil }
        return CutOffRun(run: run, latestMicros: latest.micros)
    }
}
