import ApeRun

extension RunStore {
    /// The latest run, if it has no outcome; nil where it has ended, or there is no run.
    package func cutOffRun() async throws -> CutOffRun? {
        let latest = try await read { database in
            let sql = """
                SELECT id, outcome, MAX(created_us, COALESCE(
                    (SELECT MAX(received_us) FROM windows WHERE run = runs.number), 0)) AS latest_us
                FROM runs ORDER BY number DESC LIMIT 1
                """
            return try database.rows(sql: sql).first.map { row in
                let outcome: String? = try row.decode(forColumn: "outcome")
                let id: String = try row.decode(forColumn: "id")
                return (id: id, isOpen: outcome == nil, micros: try row.decode(Int64.self, forColumn: "latest_us"))
            }
        }
        guard let latest, latest.isOpen, let run = try await run(latest.id) else { return nil }
        return CutOffRun(run: run, latestMicros: latest.micros)
    }
}
