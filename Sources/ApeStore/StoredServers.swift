import ApeCore
import ApeMetrics
import GRDB

extension RunStore {
    /// What servers showed in a run in the order in which it was stored, read page by page.
    package func servers(ofRun run: String) -> StoredServers {
        StoredServers(store: self, run: run)
    }

    fileprivate func samples(ofRun run: String, after number: Int64) async throws -> [(
        number: Int64, item: ServerSample
    )] {
        try await read { database in
            let sql = "SELECT number, body FROM server_samples WHERE run = ? AND number > ? ORDER BY number LIMIT ?"
            let run = try Self.number(ofRun: run, database)
            return try Row.fetchAll(database, sql: sql, arguments: [run, number, Self.pageSize]).map { row in
                let body: String = try row.decode(forColumn: "body")
                guard let sample = (try? JSONValue(parsing: body)).flatMap(ServerSample.init(stored:)) else {
                    throw StoreFault.damaged("what a server showed")
                }
                return (number: try row.decode(forColumn: "number"), item: sample)
            }
        }
    }

    static func put(_ samples: [ServerSample], run: Int64, _ database: Database) throws {
        guard !samples.isEmpty else { return }
        let insert = try database.cachedStatement(sql: "INSERT INTO server_samples (run, body) VALUES (?, ?)")
        for sample in samples { try insert.execute(arguments: [run, sample.stored.text]) }
    }
}

/// What servers showed in a run, in the order in which it was stored.
package struct StoredServers: AsyncSequence, Sendable {
    package typealias Element = ServerSample

    let store: RunStore
    let run: String

    package func makeAsyncIterator() -> Iterator {
        Iterator(store: store, run: run)
    }

    package struct Iterator: AsyncIteratorProtocol {
        let store: RunStore
        let run: String
        private var page: ArraySlice<(number: Int64, item: ServerSample)> = []
        private var last: Int64 = 0

        init(store: RunStore, run: String) {
            self.store = store
            self.run = run
        }

        package mutating func next() async throws -> ServerSample? {
            if page.isEmpty { page = try await store.samples(ofRun: run, after: last)[...] }
            guard let first = page.popFirst() else { return nil }
            last = first.number
            return first.item
        }
    }
}
