import ApeCore
import GRDB

/// The runs of a results directory, in one SQLite file.
///
/// A commit returns once it is on the disk: it survives the death of the process and a power cut, as far as the disk keeps
/// what it says it has written. An acknowledged window and a lease of rows stand on that. All work is done on the
/// database's own threads.
package final class RunStore: Sendable {
    /// The number of windows that are read from the database at a time.
    static let pageSize = 200
    /// How long a write waits for another process that has locked the file.
    static let busyTimeoutSeconds = 5.0

    package let path: String
    let pool: DatabasePool

    /// The path of the file in a results directory.
    package static func path(in results: String) -> String {
        results + "/ape.sqlite"
    }

    /// Opens the file, or creates it.
    ///
    /// - Throws: ``ApeError`` of code `store` for a file that cannot be opened or written, is damaged, or belongs to
    ///   another program or a newer version. The file is then left unchanged.
    package init(path: String) throws {
        self.path = path
        do {
            try StoreSchema.refuseForeign(path: path)
            var configuration = Configuration()
            configuration.label = "run-store"
            configuration.busyMode = .timeout(Self.busyTimeoutSeconds)
            pool = try DatabasePool(path: path, configuration: configuration)
            // A pool chooses NORMAL when it opens, with which a power cut takes the last commits.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try StoreSchema.migrate(pool)
        } catch {
            throw StoreFault.error(for: error, path: path)
        }
    }

    /// Closes the file.
    ///
    /// - Throws: ``ApeError`` of code `store` for a store that fails.
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
