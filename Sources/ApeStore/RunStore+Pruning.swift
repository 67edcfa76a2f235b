import ApeCore
import CSQLite

/// Deleting runs, in steps between which others can write: a coordinator's commit waits for one of them at most.
extension RunStore {
    /// Tables of many rows, and how many of them go in one step: a window has 9 KB.
    private static let steps = [("windows", 200), ("server_samples", 500), ("facts", 1_000)]
    /// Tables whose rows go with the run itself.
    private static let restTables = ["workers", "verdicts"]
    /// Pages that are given back in one step.
    private static let pagesOfStep = 500

    /// Deletes a run and all that is stored of it.
    ///
    /// Cut off in between it is still listed, with measurements missing; to delete it again goes on. The store must not
    /// check references: each worker that goes would have all windows of all runs looked through.
    func delete(run id: String) async throws {
        let number = try await read { try Self.number(ofRun: id, $0) }
        for (table, step) in Self.steps {
            let sql = "DELETE FROM \(table) WHERE number IN (SELECT number FROM \(table) WHERE run = ? LIMIT \(step))"
            var deleted = step
            while deleted == step {
                deleted = try await writePatiently { database in
                    try database.execute(sql: sql, arguments: [number])
                    return database.changesCount
                }
            }
        }
        try await writePatiently { database in
            for table in Self.restTables {
                try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [number])
            }
            try database.execute(sql: "DELETE FROM runs WHERE number = ?", arguments: [number])
        }
    }

    /// Gives the room of deleted rows back to the disk.
    ///
    /// - Parameter isAlone: whether nobody else writes: a file of before APE made them so that they can shrink is then made
    ///   anew, which takes as much room again while it lasts.
    /// - Returns: whether the file is as small as it can be.
    /// - Throws: ``ApeError`` of code `store` for a store that fails.
    func shrink(isAlone: Bool) async throws -> Bool {
        do {
            let canShrink = try await writer.perform { database, _ in
                try database.value(Int.self, sql: "PRAGMA auto_vacuum") == Self.incrementalVacuum
            }
            if !canShrink {
                guard isAlone else { return false }
                try await writer.perform { database, _ in
                    try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
                }
            }
            while try await giveBackPages() {}
            // A reader keeps it from its end; then whoever writes next does the rest.
            try await writer.perform { database, _ in try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            return true
        } catch let error as DatabaseError where Self.passing.contains(error.primaryCode) {
            return false
        } catch {
            throw StoreFault.error(for: error, path: path)
        }
    }

    /// Returns whether there are more.
    private func giveBackPages() async throws -> Bool {
        try await writer.perform { database, checkCancellation in
            try checkCancellation()
            try database.execute(sql: "PRAGMA incremental_vacuum(\(Self.pagesOfStep))")
            return try database.value(Int.self, sql: "PRAGMA freelist_count") ?? 0 > 0
        }
    }

    /// What keeps a file from shrinking now, and not for good: others use it, or its disk is full.
    private static let passing: [Int32] = [SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL]
    /// What SQLite calls the mode in which a file shrinks when it is told to.
    private static let incrementalVacuum = 2

    /// A new file is made so that it can shrink. One that has tables is left as it is.
    static func makeShrinkable(_ database: Database) throws {
        guard try database.value(Int.self, sql: "PRAGMA page_count") == 0 else { return }
        try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
    }
}
