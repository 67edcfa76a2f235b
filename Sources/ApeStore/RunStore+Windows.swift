import ApeMetrics
import ApeCore
import ApeFleet
import ApeRun

extension RunStore {
    /// A run's windows in the order in which they were stored, read page by page.
    package func windows(ofRun run: String) -> StoredRows<StoredWindow> {
        StoredRows { try await self.page(ofRun: run, after: $0) }
    }

    fileprivate func page(ofRun run: String, after number: Int64) async throws -> [(number: Int64, item: StoredWindow)]
    {
        try await read { database in
            let rows = try database.rows(
                sql: """
                    SELECT windows.number, id, seq, received_us, body FROM windows CROSS JOIN workers ON worker = workers.number
                    WHERE +windows.run = ? AND windows.number > ? ORDER BY windows.number LIMIT ?
                    """,
                arguments: [try Self.number(ofRun: run, database), number, Self.pageSize]
            )
            return try rows.map {
                (number: try $0.decode(forColumn: "number"), item: try Self.item(from: $0, run: run))
            }
        }
    }

    static func item(from row: Row, run: String) throws -> StoredWindow {
        let worker: String = try row.decode(forColumn: "id")
        let seq: Int64 = try row.decode(forColumn: "seq")
        let body: [UInt8] = try row.decode(forColumn: "body")
        let received: Int64 = try row.decode(forColumn: "received_us")
        guard let window = try? WindowCoding.window(from: body, run: run, seq: seq),
            WindowBounds.moments.contains(received)
        else { throw StoreFault.damaged("window \(seq) of worker \(worker)") }
        return StoredWindow(worker: worker, window: window, received: FleetTime(micros: received))
    }
}
