import ApeCore
import ApeFleet
import ApeRun
import Foundation
import GRDB

extension RunStore {
    /// A run by its identifier; nil where the store does not know it.
    package func run(_ id: String) async throws -> StoredRun? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id]).map(Self.run(from:))
        }
    }

    /// What happened to the fleet in a run, in order.
    package func facts(ofRun id: String) async throws -> [FleetFact] {
        try await read { try Self.facts(ofRun: try Self.number(ofRun: id, $0), $0) }
    }

    private static func run(from row: Row) throws -> StoredRun {
        let id: String = row["id"]
        guard let scenario = try? JSONValue(parsing: row["scenario"] as String),
            let plan = (try? JSONValue(parsing: row["plan"] as String)).flatMap(StoredJSON.plan(from:))
        else { throw StoreFault.damaged("run \(id)") }
        let judged = (row["verdict"] as String?).flatMap { try? JSONValue(parsing: $0) }
        return StoredRun(
            id: id,
            scenarioName: row["scenario_name"],
            scenario: scenario,
            plan: plan,
            seed: UInt64(bitPattern: row["seed"] as Int64),
            createdMicros: row["created_us"],
            isDemo: row["is_demo"],
            isStrict: judged?["strict"]?.bool ?? false,
            outcome: try outcome(row["outcome"], reason: row["outcome_reason"], run: id),
            endedMicros: row["ended_us"]
        )
    }

    static func outcome(_ name: String?, reason: String?, run: String) throws -> RunOutcome? {
        guard let name else { return nil }
        let all: [RunOutcome] = [.finished, .interrupted, .budgetSpent, .fleetFailed(FleetFailure(reason ?? ""))]
        guard let outcome = all.first(where: { $0.name == name }) else { throw StoreFault.damaged("run \(run)") }
        return outcome
    }

    private static func facts(ofRun run: Int64, _ database: Database) throws -> [FleetFact] {
        let sql = "SELECT body FROM facts WHERE run = ? ORDER BY number"
        return try String.fetchAll(database, sql: sql, arguments: [run]).map { text in
            do {
                return try FleetFact(json: try JSONValue(parsing: text))
            } catch {
                throw StoreFault.damaged("what happened to the fleet")
            }
        }
    }
}
