import ApeCore
import GRDB
import Glibc

/// The tables, and the migrations of older files.
enum StoreSchema {
    /// SQLite's `application_id` of a file of APE: "APE1".
    static let applicationID = 0x4150_4531

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: first) }
        migrator.registerMigration("2") { try $0.execute(sql: second) }
        migrator.registerMigration("3") { try $0.execute(sql: third) }
        migrator.registerMigration("4") { try $0.execute(sql: fourth) }
        return migrator
    }

    /// The most bytes of a file that has no tables yet: one page.
    private static let emptyBytes = 4096

    /// Throws ``StoreFault`` for a file of another program or of a newer version, without writing to it.
    static func refuseForeign(path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 0 else { return }
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            try queue.read(refuseForeign)
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
            // Whoever made the file was cut off in the middle of a change, which only a writer can undo.
            guard status.st_size <= emptyBytes else { throw StoreFault.foreign }
        }
    }

    private static func refuseForeign(_ database: Database) throws {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id")
        let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
        guard application == applicationID || tables == 0 else { throw StoreFault.foreign }
        guard try !migrator.hasBeenSuperseded(database) else { throw StoreFault.newer }
    }

    /// Makes the tables, and changes those of older versions. The file has its mark before it has a table: whoever is cut
    /// off in between leaves one that is known.
    static func migrate(_ pool: DatabasePool) throws {
        // Not by a reader, which would close behind the writer and could not put its log away.
        let application = try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA application_id") }
        if application != applicationID {
            try pool.write { try $0.execute(sql: "PRAGMA application_id = \(applicationID)") }
        }
        try migrator.migrate(pool)
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
