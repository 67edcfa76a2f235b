import ApeFleet

extension RunStore {
    /// A run's windows in the order of their starts, read page by page.
    package func windowsByTime(ofRun run: String) -> WindowsByTime {
        WindowsByTime(store: self, run: run)
    }

    /// The numbers of the windows in the order of their starts. They take eight bytes each, and no body is read.
    fileprivate func numbersByTime(ofRun run: String) async throws -> [Int64] {
        try await read { database in
            let sql = "SELECT number FROM windows WHERE run = ? ORDER BY start_us, number"
            return try database.values(sql: sql, arguments: [try Self.number(ofRun: run, database)])
        }
    }

    fileprivate func windows(_ numbers: [Int64], ofRun run: String) async throws -> [StoredWindow] {
        try await read { database in
            let marks = numbers.map { _ in "?" }.joined(separator: ",")
            let sql = """
                SELECT windows.number, id, seq, received_us, body FROM windows
                JOIN workers ON worker = workers.number WHERE windows.number IN (\(marks))
                """
            var found: [Int64: StoredWindow] = [:]
            for row in try database.rows(sql: sql, arguments: numbers) {
                found[try row.decode(forColumn: "number")] = try Self.item(from: row, run: run)
            }
            return numbers.compactMap { found[$0] }
        }
    }
}

/// The windows of a run in the order of their starts.
package struct WindowsByTime: AsyncSequence, Sendable {
    package typealias Element = StoredWindow

    let store: RunStore
    let run: String

    package func makeAsyncIterator() -> Iterator {
        Iterator(store: store, run: run)
    }

    package struct Iterator: AsyncIteratorProtocol {
        let store: RunStore
        let run: String
        private var numbers: ArraySlice<Int64>?
        private var page: ArraySlice<StoredWindow> = []

        init(store: RunStore, run: String) {
            self.store = store
            self.run = run
        }

        package mutating func next() async throws -> StoredWindow? {
            var rest: ArraySlice<Int64>
            if let numbers { rest = numbers } else { rest = try await store.numbersByTime(ofRun: run)[...] }
            if page.isEmpty, !rest.isEmpty {
                let wanted = Array(rest.prefix(RunStore.pageSize))
                rest = rest.dropFirst(wanted.count)
                page = try await store.windows(wanted, ofRun: run)[...]
            }
            numbers = rest
            return page.popFirst()
        }
    }
}
