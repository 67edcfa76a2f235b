import ApeCore

extension RunStore {
    /// All runs, the latest first.
    package func history() async throws -> [RunSummary] {
        try await read { database in
            var verdicts: [Int64: [RunSummary.Target]] = [:]
            for row in try database.rows(sql: "SELECT run, key, status, target, measured FROM verdicts") {
                guard let key = KPIKey(rawValue: try row.decode(forColumn: "key")) else { continue }
                verdicts[try row.decode(forColumn: "run"), default: []].append(
                    RunSummary.Target(
                        key: key,
                        status: try row.decode(forColumn: "status"),
                        target: try row.decode(forColumn: "target"),
                        measured: try row.decode(forColumn: "measured")
                    )
                )
            }
            let sql = """
                SELECT *, (SELECT COUNT(*) FROM workers WHERE run = runs.number) AS workers FROM runs
                ORDER BY number DESC
                """
            return try database.rows(sql: sql).map { try Self.summary(from: $0, verdicts) }
        }
    }

    private static func summary(from row: Row, _ verdicts: [Int64: [RunSummary.Target]]) throws -> RunSummary {
        let id: String = try row.decode(forColumn: "id")
        guard
            let plan = (try? JSONValue(parsing: row.decode(String.self, forColumn: "plan"))).flatMap(
                StoredJSON.plan(from:)
            )
        else {
            throw StoreFault.damaged("run \(id)")
        }
        let judged = (try row.decode(String?.self, forColumn: "verdict")).flatMap { try? JSONValue(parsing: $0) }
        let order = KPIKey.allCases
        return RunSummary(
            id: id,
            scenarioName: try row.decode(forColumn: "scenario_name"),
            agents: plan.peakAgents,
            workers: try row.decode(forColumn: "workers"),
            isDemo: try row.decode(forColumn: "is_demo"),
            createdMicros: try moment("created_us", of: row, run: id) ?? 0,
            outcome: try outcome(of: row, run: id),
            endedMicros: try moment("ended_us", of: row, run: id),
            exitCode: judged?["exit_code"]?.integer,
            status: judged?["status"]?.string,
            report: try row.decode(forColumn: "report"),
            capacity: judged?["capacity"]?.object.map { .object($0) },
            verdicts: (verdicts[try row.decode(forColumn: "number")] ?? []).sorted {
                (order.firstIndex(of: $0.key) ?? 0) < (order.firstIndex(of: $1.key) ?? 0)
            },
            thresholds: (judged?["thresholds"]?.array ?? []).compactMap(RunSummary.Threshold.init)
        )
    }
}
