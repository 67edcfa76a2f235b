import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

extension RunStore {
    /// Adds a run. Its outcome and end are recorded later, by ``finish(run:verdict:endedMicros:report:)``.
    ///
    /// - Throws: ``ApeError`` of code `store` for an identifier that exists, or a store that fails.
    package func createRun(_ run: StoredRun) async throws {
        try await writePatiently { database in
            try database.execute(
                sql: """
                    INSERT INTO runs
                    (id, scenario_name, scenario, plan, seed, created_us, is_demo, ape_version, definitions)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO NOTHING
                    """,
                arguments: [
                    run.id, run.scenarioName, run.scenario.text, StoredJSON.value(of: run.plan).text,
                    Int64(bitPattern: run.seed), run.createdMicros, run.isDemo, run.measuredBy?.software,
                    run.measuredBy?.definitions,
                ]
            )
            guard database.changesCount == 1 else { throw StoreFault.duplicateRun(run.id) }
        }
    }

    /// Writes a batch in one transaction. When this returns, the batch survives the death of the process.
    ///
    /// A window whose (worker, seq) is stored already is not written again. A cancelled task writes nothing and throws
    /// `CancellationError`.
    ///
    /// - Parameters:
    ///   - batch: windows and facts.
    ///   - servers: what servers showed.
    ///   - run: the run's identifier.
    /// - Returns: for each window of the batch, whether it is new. A window that is not new must not be counted again.
    /// - Throws: ``ApeError``; then nothing of the batch is written. Its code is `store_busy` where another process has
    ///   locked the file, which is tried again later, else `store`.
    package func commit(_ batch: CommitBatch, servers: [ServerSample] = [], run: String) async throws -> [Bool] {
        try await write { database in
            let number = try Self.number(ofRun: run, database)
            try Self.put(servers, run: number, database)
            for fact in batch.facts {
                try database.execute(
                    sql: "INSERT INTO facts (run, body) VALUES (?, ?)",
                    arguments: [number, fact.json.text]
                )
            }
            return try Self.put(batch.windows, run: number, database)
        }
    }

    /// Records how a run ended and was judged.
    ///
    /// - Parameters:
    ///   - run: the run's identifier.
    ///   - verdict: its verdict.
    ///   - endedMicros: fleet time.
    ///   - report: the report's path; nil where none was written.
    /// - Throws: ``ApeError`` for an unknown run, or a store that fails.
    package func finish(run: String, verdict: RunVerdict, endedMicros: Int64, report: String?) async throws {
        let reason = verdict.outcome.message
        let summary: JSONValue = [
            "exit_code": .integer(Int64(verdict.exitCode.rawValue)), "status": .string(verdict.status.rawValue),
            "strict": .bool(verdict.strict),
            "thresholds": .array(verdict.thresholds.map { RunSummary.Threshold($0).json }),
            "capacity": verdict.capacity?.summary ?? .null,
        ]
        try await writePatiently { database in
            let number = try Self.number(ofRun: run, database)
            try database.execute(
                sql: """
                    UPDATE runs SET outcome = ?, outcome_reason = ?, ended_us = ?, verdict = ?, report = ?
                    WHERE number = ?
                    """,
                arguments: [verdict.outcome.name, reason, endedMicros, summary.text, report, number]
            )
            for target in verdict.verdicts { try Self.put(target, run: number, database) }
        }
    }

    private static func put(_ verdict: Verdict, run: Int64, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO verdicts (run, key, status, target, measured, low, high, marginal)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                run, verdict.key.rawValue, verdict.status.rawValue, verdict.target.value, verdict.measured,
                verdict.interval?.low, verdict.interval?.high, verdict.marginal,
            ]
        )
    }

    static func number(ofRun run: String, _ database: Database) throws -> Int64 {
        let sql = "SELECT number FROM runs WHERE id = ?"
        guard let number = try database.value(Int64.self, sql: sql, arguments: [run]) else {
            throw StoreFault.unknownRun(run)
        }
        return number
    }

    private static func put(_ windows: [StoredWindow], run: Int64, _ database: Database) throws -> [Bool] {
        let insert = """
            INSERT INTO windows (run, worker, seq, start_us, end_us, received_us, body) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (run, worker, seq) DO NOTHING
            """
        var numbers: [String: Int64] = [:]
        return try windows.map { item in
            let worker = try numbers[item.worker] ?? number(ofWorker: item.worker, run: run, database)
            numbers[item.worker] = worker
            try database.execute(
                sql: insert,
                arguments: [
                    run, worker, item.window.seq, item.window.startMicros, item.window.endMicros, item.received.micros,
                    WindowCoding.bytes(of: item.window),
                ]
            )
            return database.changesCount == 1
        }
    }

    private static func number(ofWorker id: String, run: Int64, _ database: Database) throws -> Int64 {
        try database.execute(
            sql: "INSERT INTO workers (run, id) VALUES (?, ?) ON CONFLICT (run, id) DO NOTHING",
            arguments: [run, id]
        )
        let found = try database.value(
            Int64.self,
            sql: "SELECT number FROM workers WHERE run = ? AND id = ?",
            arguments: [run, id]
        )
        guard let found else { throw StoreFault.damaged("worker \(id)") }
        return found
    }
}
