import ApeMetrics
import ApeCore
import ApeFleet
import ApeRun

extension RunStore {
    /// A run by its identifier; nil where the store does not know it.
    package func run(_ id: String) async throws -> StoredRun? {
        try await read { database in
            try database.rows(sql: "SELECT * FROM runs WHERE id = ?", arguments: [id]).first.map(Self.run(from:))
        }
    }

    /// What happened to the fleet in a run, in order.
    package func facts(ofRun id: String) async throws -> [FleetFact] {
        try await read { try Self.facts(ofRun: try Self.number(ofRun: id, $0), $0) }
    }

    private static func run(from row: Row) throws -> StoredRun {
        let id: String = try row.decode(forColumn: "id")
        guard let scenario = try? JSONValue(parsing: row.decode(String.self, forColumn: "scenario")),
            let plan = (try? JSONValue(parsing: row.decode(String.self, forColumn: "plan"))).flatMap(
                StoredJSON.plan(from:)
            )
        else { throw StoreFault.damaged("run \(id)") }
        let judged = (try row.decode(String?.self, forColumn: "verdict")).flatMap { try? JSONValue(parsing: $0) }
        return StoredRun(
            id: id,
            scenarioName: try row.decode(forColumn: "scenario_name"),
            scenario: scenario,
            plan: plan,
            seed: UInt64(bitPattern: try row.decode(Int64.self, forColumn: "seed")),
            createdMicros: try moment("created_us", of: row, run: id) ?? 0,
            isDemo: try row.decode(forColumn: "is_demo"),
            isStrict: judged?["strict"]?.bool ?? false,
            measuredBy: try measuredBy(row),
            outcome: try outcome(of: row, run: id),
            endedMicros: try moment("ended_us", of: row, run: id)
        )
    }

    /// nil for a run that an earlier version stored.
    static func measuredBy(_ row: Row) throws -> MeasuringVersion? {
        guard let software: String = try row.decode(String?.self, forColumn: "ape_version"),
            let definitions: Int = try row.decode(Int?.self, forColumn: "definitions")
        else { return nil }
        return MeasuringVersion(software: software, definitions: definitions)
    }

    /// Fleet time; nil where there is none.
    static func moment(_ column: String, of row: Row, run: String) throws -> Int64? {
        let micros: Int64? = try row.decode(forColumn: column)
        guard micros.map(WindowBounds.moments.contains) ?? true else { throw StoreFault.damaged("run \(run)") }
        return micros
    }

    static func outcome(of row: Row, run: String) throws -> RunOutcome? {
        guard let name: String = try row.decode(String?.self, forColumn: "outcome") else { return nil }
        let reason: String? = try row.decode(forColumn: "outcome_reason")
        let all: [RunOutcome] = [
            .finished, .interrupted, .budgetSpent, .aborted(threshold: reason ?? ""),
            .fleetFailed(FleetFailure(reason ?? "")),
        ]
        guard let outcome = all.first(where: { $0.name == name }) else { throw StoreFault.damaged("run \(run)") }
        return outcome
    }

    private static func facts(ofRun run: Int64, _ database: Database) throws -> [FleetFact] {
        let sql = "SELECT body FROM facts WHERE run = ? ORDER BY number"
        return try database.values(String.self, sql: sql, arguments: [run]).map { text in
            do {
                return try FleetFact(json: try JSONValue(parsing: text))
            } catch {
                throw StoreFault.damaged("what happened to the fleet")
            }
        }
    }
}
