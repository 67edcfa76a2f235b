import ApeCore
import ApeMetrics

extension RunStore {
    /// What servers showed in a run in the order in which it was stored, read page by page.
    package func servers(ofRun run: String) -> StoredRows<ServerSample> {
        StoredRows { try await self.samples(ofRun: run, after: $0) }
    }

    fileprivate func samples(ofRun run: String, after number: Int64) async throws -> [(
        number: Int64, item: ServerSample
    )] {
        try await read { database in
            let sql = "SELECT number, body FROM server_samples WHERE run = ? AND number > ? ORDER BY number LIMIT ?"
            let run = try Self.number(ofRun: run, database)
            return try database.rows(sql: sql, arguments: [run, number, Self.pageSize]).map { row in
                let body: String = try row.decode(forColumn: "body")
                guard let sample = (try? JSONValue(parsing: body)).flatMap(ServerSample.init(stored:)) else {
                    throw StoreFault.damaged("what a server showed")
                }
                return (number: try row.decode(forColumn: "number"), item: sample)
            }
        }
    }

    static func put(_ samples: [ServerSample], run: Int64, _ database: Database) throws {
        for sample in samples {
            try database.execute(
                sql: "INSERT INTO server_samples (run, body) VALUES (?, ?)",
                arguments: [run, sample.stored.text]
            )
        }
    }
}
