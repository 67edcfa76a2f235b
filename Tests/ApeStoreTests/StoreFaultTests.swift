import ApeCore
import ApeFleet
import CSQLite
import Foundation
import Testing

@testable import ApeStore

@Suite struct StoreFaultTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
    }

    private func refusal() throws -> ApeError {
        let error = try #require(throws: ApeError.self) { _ = try RunStore(path: fixture.path) }
        #expect(error.code == .store)
        #expect(error.message.contains(fixture.path))
        return error
    }

    private func bytes() throws -> Data {
        try Data(contentsOf: URL(filePath: fixture.path))
    }

    @Test func aNewerFileIsRefusedAndNotTouched() async throws {
        let store = try RunStore(path: fixture.path)
        try await store.createRun(StoreFixture.run())
        try await store.write { try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('999')") }
        try store.close()
        let before = try bytes()
        #expect(try refusal().message.contains("newer version"))
        #expect(try bytes() == before)
    }

    @Test func anotherProgramsFileIsRefusedAndNotTouched() throws {
        let database = try Database(path: fixture.path)
        try database.execute(sql: "CREATE TABLE theirs (x)")
        try database.close()
        let before = try bytes()
        #expect(try refusal().message.contains("another program"))
        #expect(try bytes() == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.directory) == ["runs.sqlite"])
    }

    @Test func aFileThatIsNoDatabaseIsRefused() throws {
        let text = Data(String(repeating: "This is not a database. ", count: 400).utf8)
        try text.write(to: URL(filePath: fixture.path))
        #expect(try refusal().message.contains("no database"))
        #expect(try bytes() == text)
    }

    @Test func anEmptyFileBecomesAStore() async throws {
        try Data().write(to: URL(filePath: fixture.path))
        #expect(try await RunStore(path: fixture.path).history().isEmpty)
    }

    @Test func aMissingDirectoryIsNamed() throws {
        let error = try #require(throws: ApeError.self) {
            _ = try RunStore(path: fixture.directory + "/none/runs.sqlite")
        }
        #expect(error.message.contains("/none/runs.sqlite"))
        #expect(error.message.contains("--results"))
        #expect(error.exitCode == .usage)
        #expect(throws: ApeError.self) { _ = try RunStore(path: fixture.directory) }
    }

    @Test func aFullDiskSaysSoAndLosesNothing() async throws {
        let store = try RunStore(path: fixture.path)
        try await store.createRun(StoreFixture.run())
        _ = try await store.commit(StoreFixture.batch(1...5), run: "run-1")
        // SQLite treats this limit as it treats the disk's.
        try await store.write { database in
            let pages = try database.value(Int.self, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        let error = await #expect(throws: ApeError.self) {
            _ = try await store.commit(StoreFixture.batch(6...400), run: "run-1")
        }
        #expect(error?.message.contains("is full") == true)
        #expect(try await store.allWindows(ofRun: "run-1").count == 5)
        try await store.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(try await store.commit(StoreFixture.batch(6...400), run: "run-1").count == 395)
    }

    @Test func aLockedFileIsBusyAndTakesEverythingLater() async throws {
        let store = try RunStore(path: fixture.path)
        try await store.createRun(StoreFixture.run())
        let other = DatabaseThread("other", try Database(path: fixture.path))
        try other.performNow { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let error = await #expect(throws: ApeError.self) {
            _ = try await store.commit(StoreFixture.batch(1...5), run: "run-1")
        }
        #expect(error?.code == .storeBusy)
        #expect(error?.message.contains("Another process") == true)
        // What begins a run waits for whoever has the file.
        async let created: Void = store.createRun(StoreFixture.run("run-2"))
        try await Task.sleep(for: .milliseconds(300))
        try other.performNow { try $0.execute(sql: "ROLLBACK") }
        try await created
        #expect(try await store.commit(StoreFixture.batch(1...5), run: "run-1") == [true, true, true, true, true])
    }

    @Test func aDamagedWindowIsNamed() async throws {
        let store = try RunStore(path: fixture.path)
        try await store.createRun(StoreFixture.run())
        _ = try await store.commit(StoreFixture.batch(1...3), run: "run-1")
        try await store.write { try $0.execute(sql: "UPDATE windows SET body = x'0102' WHERE seq = 2") }
        let error = await #expect(throws: ApeError.self) { _ = try await store.allWindows(ofRun: "run-1") }
        #expect(error?.message.contains("window 2 of worker w1") == true)
        try await store.write { try $0.execute(sql: "INSERT INTO facts (run, body) VALUES (1, '{}')") }
        let facts = await #expect(throws: ApeError.self) { _ = try await store.recovered(run: "run-1") }
        #expect(facts?.message.contains("is damaged") == true)
        try await store.write { try $0.execute(sql: "UPDATE runs SET plan = '[{}]'") }
        let run = await #expect(throws: ApeError.self) { _ = try await store.history() }
        #expect(run?.message.contains("run run-1") == true)
    }

    @Test(arguments: [
        (SQLITE_READONLY, "may not be written"), (SQLITE_FULL, "is full"), (SQLITE_CORRUPT, "is damaged"),
        (SQLITE_BUSY, "Another process"), (SQLITE_CANTOPEN, "cannot be opened"), (SQLITE_IOERR, "disk"),
        (SQLITE_MISUSE, "cannot be used"), (SQLITE_IOERR | 3 << 8, "disk"),
    ])
    func everyCodeHasItsWayOut(code: Int32, words: String) throws {
        let error = StoreFault.error(for: DatabaseError(code: code), path: "/x/runs.sqlite")
        let ours = try #require(error as? ApeError)
        #expect(ours.message.contains(words))
        #expect(ours.message.contains("--results") || ours.message.contains("--resume"))
    }

    @Test func cancellationIsNoFault() {
        #expect(StoreFault.error(for: CancellationError(), path: "x") is CancellationError)
    }
}
