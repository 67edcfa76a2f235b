import ApeCore
import GRDB

extension RunStore {
    /// All runs, the latest first.
    package func history() async throws -> [RunSummary] {
        try await read { database in
            var verdicts: [Int64: [RunSummary.Target]] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT run, key, status, target, measured FROM verdicts") {
                guard let key = KPIKey(rawValue: row["key"]) else { continue }
                verdicts[row["run"], default: []].append(
                    RunSummary.Target(
                        key: key,
                        status: row["status"],
                        target: row["target"],
                        measured: row["measured"]
                    )
                )
            }
            let sql = """
                SELECT *, (SELECT COUNT(*) FROM workers WHERE run = runs.number) AS workers FROM runs
                ORDER BY number DESC
                """
            return try Row.fetchAll(database, sql: sql).map { try Self.summary(from: $0, verdicts) }
        }
    }

    private static func summary(from row: Row, _ verdicts: [Int64: [RunSummary.Target]]) throws -> RunSummary {
        let id: String = row["id"]
        guard let plan = (try? JSONValue(parsing: row["plan"] as String)).flatMap(StoredJSON.plan(from:)) else {
            throw StoreFault.damaged("run \(id)")
        }
        let judged = (row["verdict"] as String?).flatMap { try? JSONValue(parsing: $0) }
        let order = KPIKey.allCases
        return RunSummary(
            id: id,
            scenarioName: row["scenario_name"],
            agents: plan.peakAgents,
            workers: row["workers"],
            isDemo: row["is_demo"],
            createdMicros: row["created_us"],
            outcome: try outcome(row["outcome"], reason: row["outcome_reason"], run: id),
            endedMicros: row["ended_us"],
            exitCode: judged?["exit_code"]?.integer,
            status: judged?["status"]?.string,
            report: row["report"],
            verdicts: (verdicts[row["number"]] ?? []).sorted {
                (order.firstIndex(of: $0.key) ?? 0) < (order.firstIndex(of: $1.key) ?? 0)
            }
        )
    }
}
