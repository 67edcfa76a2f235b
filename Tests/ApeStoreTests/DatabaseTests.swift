import Synchronization
import Testing

@testable import ApeStore

/// The door to SQLite, on a file of its own.
struct DatabaseTests {
    private let fixture: StoreFixture
    private let database: Database

    init() throws {
        fixture = try StoreFixture()
        database = try Database(path: fixture.path)
        try database.execute(sql: "CREATE TABLE t (a, b); CREATE TABLE u (c)")
    }

    @Test func eachKindOfValueComesBackAsItWasWritten() throws {
        let values: [any StoredValue] = [
            Int64.min, 7, true, 2.5, "a\0\u{e9}", "", [1, 0, 255] as [UInt8], [] as [UInt8], nil as String?,
        ]
        for value in values {
            try database.execute(sql: "DELETE FROM t")
            try database.execute(sql: "INSERT INTO t (a) VALUES (?)", arguments: [value])
            #expect(database.changesCount == 1)
            #expect(try database.rows(sql: "SELECT a FROM t").map(\.values) == [[value.stored]])
        }
    }

    @Test func aValueOfAnotherKindIsNotRead() throws {
        try database.execute(sql: "INSERT INTO t VALUES (?, ?)", arguments: ["7", 1])
        let row = try #require(try database.rows(sql: "SELECT * FROM t").first)
        #expect(throws: Row.Unreadable.self) { try row.decode(Int64.self, forColumn: "a") }
        #expect(throws: Row.Unreadable.self) { try row.decode(String?.self, forColumn: "b") }
        #expect(throws: Row.Unreadable.self) { try row.decode(String.self, forColumn: "c") }
        #expect(try row.decode(Int.self, forColumn: "b") == 1)
        #expect(try database.value(String?.self, sql: "SELECT NULL") == .some(nil))
        #expect(try database.value(String.self, sql: "SELECT a FROM t WHERE b = 2") == nil)
    }

    @Test func aTransactionThatThrowsChangesNothing() throws {
        #expect(throws: DatabaseError.self) {
            try database.transaction {
                try database.execute(sql: "INSERT INTO t VALUES (1, 2)")
                try database.execute(sql: "INSERT INTO nowhere VALUES (1)")
            }
        }
        #expect(try database.value(Int.self, sql: "SELECT COUNT(*) FROM t") == 0)
        try database.transaction { try database.execute(sql: "INSERT INTO t VALUES (1, 2)") }
        #expect(try database.value(Int.self, sql: "SELECT COUNT(*) FROM t") == 1)
    }

    /// More statements than are kept prepared.
    @Test func anyNumberOfStatementsIsRun() throws {
        for number in 0..<100 {
            #expect(try database.value(Int.self, sql: "SELECT ? + \(number)", arguments: [1]) == number + 1)
        }
        #expect(try database.value(Int.self, sql: "SELECT ? + 0", arguments: [2]) == 2)
    }

    @Test func aCancelledTaskWritesNothing() async throws {
        let store = try RunStore(path: fixture.directory + "/store.sqlite")
        try await store.createRun(StoreFixture.run())
        let isCancelled = Mutex(false)
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await store.write { database in
                try database.execute(sql: "UPDATE runs SET report = 'x'")
                begin.finish()
                // It is cancelled in the middle of its work.
                while !isCancelled.withLock({ $0 }) {}
            }
        }
        for await _ in begun {}
        task.cancel()
        isCancelled.withLock { $0 = true }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await store.history().map(\.report) == [nil])
    }

    @Test func aClosedDatabaseRefusesWork() throws {
        let thread = DatabaseThread("test", try Database(path: fixture.path))
        try thread.close()
        #expect(throws: DatabaseError.self) { try thread.performNow { try $0.execute(sql: "SELECT 1") } }
    }
}
