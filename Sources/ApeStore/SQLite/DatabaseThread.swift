import CSQLite
import Dispatch
import Synchronization

/// A connection with a thread of its own, on which the work that others wait for is done one after the other.
final class DatabaseThread: Sendable {
    private let queue: DispatchQueue
    /// nil once it is closed.
    private let database: Mutex<Database?>

    /// - Parameters:
    ///   - label: the thread's name, for debuggers.
    ///   - database: the connection, which nobody else uses.
    init(_ label: String, _ database: sending Database) {
        queue = DispatchQueue(label: label)
        self.database = Mutex(database)
    }

    /// Does something with the connection on its thread. A cancelled task's is not begun, and throws `CancellationError`.
    ///
    /// - Parameter body: what is done; told to ask whether its task is cancelled before it commits.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Database, _ checkCancellation: () throws -> Void) throws -> Value
    ) async throws -> Value {
        let isCancelled = Atomic(false)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async { [self] in
                    continuation.resume(
                        with: Result {
                            try performNow { database in
                                func check() throws {
                                    if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
                                }
                                try check()
                                return try body(database, check)
                            }
                        }
                    )
                }
            }
        } onCancel: {
            isCancelled.store(true, ordering: .relaxed)
        }
    }

    /// Does something with the connection on the caller's thread, once nobody else is at it.
    ///
    /// - Throws: what `body` throws, and ``DatabaseError`` for a connection that is closed.
    func performNow<Value: Sendable>(_ body: (Database) throws -> Value) throws -> Value {
        try database.withLock { database in
            guard let database else { throw DatabaseError(code: SQLITE_MISUSE, message: "the database is closed") }
            return try body(database)
        }
    }

    /// Closes the connection; later work is refused.
    ///
    /// - Throws: what ``Database/close()`` throws.
    func close() throws {
        try database.withLock { database in
            defer { database = nil }
            try database?.close()
        }
    }
}
