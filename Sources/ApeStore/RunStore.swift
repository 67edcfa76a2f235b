import ApeCore
import Glibc

/// The runs of a results directory, in one SQLite file.
///
/// A commit returns once it is on the disk: it survives the death of the process and a power cut, as far as the disk keeps
/// what it says it has written. An acknowledged window and a lease of rows stand on that. All work is done on two
/// threads, one that writes and one that reads.
package final class RunStore: Sendable {
    /// The number of windows that are read from the database at a time.
    static let pageSize = 200
    /// How long a write waits for another process that has locked the file.
    static let busyTimeoutSeconds = 5.0

    package let path: String
    let writer: DatabaseThread
    private let reader: DatabaseThread

    /// The path of the file in a results directory.
    package static func path(in results: String) -> String {
        results + "/ape.sqlite"
    }

    /// How many bytes a results directory's file and its log have; nil where there is none.
    package static func bytes(in results: String) -> Int64? {
        let sizes = ["", "-wal"].map { suffix -> Int64? in
            var status = stat()
            return stat(path(in: results) + suffix, &status) == 0 ? Int64(status.st_size) : nil
        }
        return sizes[0].map { $0 + (sizes[1] ?? 0) }
    }

    /// Opens the file, or creates it.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - checksReferences: whether each row's references are looked after, as whoever adds rows wants.
    /// - Throws: ``ApeError`` of code `store` for a file that cannot be opened or written, is damaged, or belongs to
    ///   another program or a newer version. The file is then left unchanged.
    package init(path: String, checksReferences: Bool = true) throws {
        self.path = path
        do {
            try StoreSchema.refuseForeign(path: path)
            let database = try Database(path: path, busySeconds: Self.busyTimeoutSeconds)
            try Self.makeShrinkable(database)
            // With less than FULL a power cut takes the last commits.
            try database.execute(
                sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                    + "PRAGMA foreign_keys = \(checksReferences ? "ON" : "OFF")"
            )
            try StoreSchema.migrate(database)
            writer = DatabaseThread("run-store.writer", database)
            let second = try Database(path: path, isReadOnly: true, busySeconds: Self.busyTimeoutSeconds)
            reader = DatabaseThread("run-store.reader", second)
        } catch {
            throw StoreFault.error(for: error, path: path)
        }
    }

    /// Closes the file.
    ///
    /// - Throws: ``ApeError`` of code `store` for a store that fails.
    package func close() throws {
        do {
            // A reader that closed behind the writer could not put its log away.
            try reader.close()
            try writer.close()
        } catch {
            throw StoreFault.error(for: error, path: path)
        }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await writer.perform { database, checkCancellation in
                try database.transaction {
                    let value = try body(database)
                    try checkCancellation()
                    return value
                }
            }
        } catch {
            throw StoreFault.error(for: error, path: path)
        }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await reader.perform { database, _ in
                // All of it sees the file as it is at its beginning.
                try database.transaction("DEFERRED") { try body(database) }
            }
        } catch {
            throw StoreFault.error(for: error, path: path)
        }
    }
}
