import ApeCore
import CSQLite
import Glibc

/// The tables, and the migrations of older files.
enum StoreSchema {
    /// SQLite's `application_id` of a file of APE: "APE1".
    static let applicationID = 0x4150_4531

    /// The changes that make today's tables, in their order. A file lists those that it has had in `grdb_migrations`.
    static var migrations: [(identifier: String, sql: String)] {
        [("1", first), ("2", second), ("3", third), ("4", fourth)]
    }

    /// The most bytes of a file that has no tables yet: one page.
    private static let emptyBytes = 4096

    /// Throws ``StoreFault`` for a file of another program or of a newer version, without writing to it.
    static func refuseForeign(path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 0 else { return }
        do {
            try refuseForeign(try Database(path: path, isReadOnly: true))
        } catch let error as DatabaseError where error.code == readOnlyRollback {
            // Whoever made the file was cut off in the middle of a change, which only a writer can undo.
            guard status.st_size <= emptyBytes else { throw StoreFault.foreign }
        }
    }

    private static func refuseForeign(_ database: Database) throws {
        let application = try database.value(Int.self, sql: "PRAGMA application_id")
        let tables = try database.value(Int.self, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
        guard application == applicationID || tables == 0 else { throw StoreFault.foreign }
        guard try applied(database).isSubset(of: migrations.map(\.identifier)) else { throw StoreFault.newer }
    }

    /// `SQLITE_READONLY_ROLLBACK`, which SQLite's header gives as a macro that Swift cannot see.
    private static let readOnlyRollback = SQLITE_READONLY | 3 << 8

    /// The identifiers of the changes that a file has had.
    private static func applied(_ database: Database) throws -> Set<String> {
        let list = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'grdb_migrations'"
        guard try database.value(Int.self, sql: list) == 1 else { return [] }
        return Set(try database.values(String.self, sql: "SELECT identifier FROM grdb_migrations"))
    }

    /// Makes the tables, and changes those of older versions. The file has its mark before it has a table: whoever is cut
    /// off in between leaves one that is known.
    static func migrate(_ database: Database) throws {
        if try database.value(Int.self, sql: "PRAGMA application_id") != applicationID {
            try database.transaction { try database.execute(sql: "PRAGMA application_id = \(applicationID)") }
        }
        guard try applied(database).count < migrations.count else { return }
        for (identifier, sql) in migrations {
            try database.transaction {
                // Another process may have made the change since.
                guard try !applied(database).contains(identifier) else { return }
                try database.execute(
                    sql: "CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)"
                )
                try database.execute(sql: sql)
                try database.execute(sql: "INSERT INTO grdb_migrations VALUES (?)", arguments: [identifier])
            }
        }
    }

    /// The key (run, worker, seq) makes each window count once. Windows are read in the order of their numbers, which
    /// is the order in which they were stored.
    private static let first = """
        CREATE TABLE runs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            scenario_name TEXT NOT NULL,
            scenario TEXT NOT NULL,
            plan TEXT NOT NULL,
            seed INTEGER NOT NULL,
            created_us INTEGER NOT NULL,
            outcome TEXT,
            outcome_reason TEXT,
            ended_us INTEGER,
            verdict TEXT
        ) STRICT;
        CREATE TABLE workers (
            number INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES runs (number),
            id TEXT NOT NULL,
            UNIQUE (run, id)
        ) STRICT;
        CREATE TABLE windows (
            number INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES runs (number),
            worker INTEGER NOT NULL REFERENCES workers (number),
            seq INTEGER NOT NULL,
            start_us INTEGER NOT NULL,
            end_us INTEGER NOT NULL,
            received_us INTEGER NOT NULL,
            body BLOB NOT NULL,
            UNIQUE (run, worker, seq)
        ) STRICT;
        CREATE TABLE facts (
            number INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES runs (number),
            body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX facts_by_run ON facts (run);
        """

    /// What servers showed of themselves. A question comes once a second at most, and its answer is read as a whole.
    private static let fourth = """
        CREATE TABLE server_samples (
            number INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES runs (number),
            body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX server_samples_by_run ON server_samples (run);
        """

    /// Which build measured a run, and by which definitions. Runs of before have neither.
    private static let third = """
        ALTER TABLE runs ADD COLUMN ape_version TEXT;
        ALTER TABLE runs ADD COLUMN definitions INTEGER;
        """

    /// The columns that a list of runs shows, and the verdict on each target.
    private static let second = """
        ALTER TABLE runs ADD COLUMN is_demo INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE runs ADD COLUMN report TEXT;
        CREATE TABLE verdicts (
            run INTEGER NOT NULL REFERENCES runs (number),
            key TEXT NOT NULL,
            status TEXT NOT NULL,
            target REAL NOT NULL,
            measured REAL,
            low REAL,
            high REAL,
            marginal INTEGER NOT NULL,
            PRIMARY KEY (run, key)
        ) STRICT, WITHOUT ROWID;
        """
}
