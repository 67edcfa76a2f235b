import ApeRun
import GRDB

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
