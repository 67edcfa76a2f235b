import ApeCore
import GRDB

/// The runs of a results directory, in one SQLite file.
///
/// Every commit is in the write-ahead log, and so with the operating system, before it returns: it outlives the death
/// of the process, `kill -9` included. The log is not forced to the disk (`synchronous` is NORMAL), so a power cut may
/// take the last commits but never breaks the file. All work is done on the database's own threads.
package final class RunStore: Sendable {
    /// Windows read from the database at a time.
    package static let pageSize = 200
    /// How long a write waits for another process that holds the file.
    package static let busyTimeoutSeconds = 5.0

    package let path: String
    let pool: DatabasePool

    /// Where the runs of a results directory are.
    package static func path(in results: String) -> String {
        results + "/ape.sqlite"
    }

    /// Opens the file, or makes it.
    ///
    /// - Throws: ``ApeError`` with the code `store` for a file that cannot be opened or written, is damaged, belongs to
    ///   another program or to a newer version; it is then left as it was.
    package init(path: String) throws {
        self.path = path
        do {
            try StoreSchema.refuseForeign(path: path)
            var configuration = Configuration()
            configuration.label = "run-store"
            configuration.busyMode = .timeout(Self.busyTimeoutSeconds)
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
            pool = try DatabasePool(path: path, configuration: configuration)
            try StoreSchema.migrator.migrate(pool)
        } catch {
            throw StoreFault.error(for: error, path: path)
        }
    }

    /// Closes the file; what was committed stays.
    package func close() throws {
        do { try pool.close() } catch { throw StoreFault.error(for: error, path: path) }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.write(body)
        } catch {
            throw StoreFault.error(for: error, path: path)
        }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw StoreFault.error(for: error, path: path)
        }
    }
}
