import ApeCore
import ApeFleet
import ApeRun

extension RunStore {
    /// The latest run, if it has no outcome; nil where it has ended, or there is no run.
    package func cutOffRun() async throws -> CutOffRun? {
        let latest = try await read { database in
            let sql = """
                SELECT id, outcome, MAX(created_us, COALESCE(
                    (SELECT MAX(received_us) FROM windows WHERE run = runs.number), 0)) AS latest_us,
                    (SELECT body FROM facts WHERE run = runs.number ORDER BY number DESC LIMIT 1) AS last_fact
                FROM runs ORDER BY number DESC LIMIT 1
                """
            return try database.rows(sql: sql).first.map { row in
                let outcome: String? = try row.decode(forColumn: "outcome")
                let id: String = try row.decode(forColumn: "id")
                let micros = try row.decode(Int64.self, forColumn: "latest_us")
                let fact: String? = try row.decode(forColumn: "last_fact")
                let last = fact.flatMap { try? FleetFact(json: JSONValue(parsing: $0)) }
                return (id: id, isOpen: outcome == nil, micros: micros, isSuspended: last?.kind == .suspended)
            }
        }
        guard let latest, latest.isOpen, let run = try await run(latest.id) else { return nil }
        return CutOffRun(run: run, latestMicros: latest.micros, isSuspended: latest.isSuspended)
    }
}
