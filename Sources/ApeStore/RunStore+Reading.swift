import ApeCore
import ApeMetrics
import Foundation
import GRDB

extension RunStore {
    /// All runs, the oldest first.
    package func runs() async throws -> [StoredRun] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM runs ORDER BY number").map(Self.run(from:))
        }
    }

    /// All that is needed to take up a run; nil when the store does not know it. Its windows follow by
    /// ``windows(ofRun:)``, and ``ledger(ofRun:)`` adds them up.
    package func recover(run id: String) async throws -> RecoveredRun? {
        try await read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id]) else {
                return nil
            }
            let number: Int64 = row["number"]
            return RecoveredRun(
                run: try Self.run(from: row),
                ackedSeq: try Self.ackedSeq(ofRun: number, database),
                workers: try Self.workers(ofRun: number, database),
                timelines: try Self.timelines(ofRun: number, database),
                revision: row["revision"],
                events: try Self.events(ofRun: number, database),
                lastWindowEndMicros: try Int64.fetchOne(
                    database,
                    sql: "SELECT MAX(end_us) FROM windows WHERE run = ?",
                    arguments: [number]
                )
            )
        }
    }

    private static func run(from row: Row) throws -> StoredRun {
        let id: String = row["id"]
        guard let scenario = try? JSONValue(parsing: row["scenario"] as String),
            let plan = (try? JSONValue(parsing: row["plan"] as String)).flatMap(StoredJSON.plan(from:))
        else { throw StoreFault.damaged("run \(id)") }
        let verdict: String? = row["verdict"]
        return StoredRun(
            id: id,
            scenarioName: row["scenario_name"],
            scenario: scenario,
            plan: plan,
            seed: UInt64(bitPattern: row["seed"] as Int64),
            createdMicros: row["created_us"],
            outcome: try outcome(row["outcome"], reason: row["outcome_reason"], run: id),
            endedMicros: row["ended_us"],
            verdict: verdict.flatMap { try? JSONValue(parsing: $0) }
        )
    }

    private static func outcome(_ name: String?, reason: String?, run: String) throws -> RunOutcome? {
        guard let name else { return nil }
        let all: [RunOutcome] = [.finished, .interrupted, .fleetFailed(reason ?? "")]
        guard let outcome = all.first(where: { $0.name == name }) else { throw StoreFault.damaged("run \(run)") }
        return outcome
    }

    private static func ackedSeq(ofRun run: Int64, _ database: Database) throws -> [String: Int64] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, (SELECT MAX(seq) FROM windows WHERE windows.run = workers.run AND worker = workers.number)
                AS acked FROM workers WHERE run = ?
                """,
            arguments: [run]
        )
        return rows.reduce(into: [:]) { $0[$1["id"] as String] = $1["acked"] as Int64? }
    }

    private static func workers(ofRun run: Int64, _ database: Database) throws -> [StoredWorker] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT id, facts FROM workers WHERE run = ? AND facts IS NOT NULL ORDER BY number",
            arguments: [run]
        )
        return try rows.map { row in
            let id: String = row["id"]
            let value = try? JSONValue(parsing: row["facts"] as String)
            guard let worker = value.flatMap({ StoredJSON.worker(id: id, from: $0) }) else {
                throw StoreFault.damaged("worker \(id)")
            }
            return worker
        }
    }

    private static func timelines(ofRun run: Int64, _ database: Database) throws -> [StageTimeline] {
        let sql = "SELECT * FROM timelines WHERE run = ? ORDER BY stage"
        return try Row.fetchAll(database, sql: sql, arguments: [run]).map { row in
            StageTimeline(
                stage: row["stage"],
                startMicros: row["start_us"],
                rampMicros: row["ramp_us"],
                warmupMicros: row["warmup_us"],
                holdMicros: row["hold_us"]
            )
        }
    }

    private static func events(ofRun run: Int64, _ database: Database) throws -> [FleetEvent] {
        let sql = "SELECT body FROM events WHERE run = ? ORDER BY number"
        return try String.fetchAll(database, sql: sql, arguments: [run]).map { text in
            guard let event = (try? JSONValue(parsing: text)).flatMap(StoredJSON.event(from:)) else {
                throw StoreFault.damaged("an event")
            }
            return event
        }
    }
}
