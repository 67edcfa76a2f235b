import CSQLite

/// One connection to a database file, for one thread at a time.
final class Database {
    /// Statements that are kept prepared.
    private static let maximumStatements = 32

    /// nil once it is closed.
    private var handle: OpaquePointer?
    private var statements: [String: OpaquePointer] = [:]

    /// Opens a file, which is made where it is none.
    ///
    /// - Parameters:
    ///   - path: the file's.
    ///   - isReadOnly: whether it is left as it is.
    ///   - busySeconds: how long a statement waits for another process that has locked the file.
    /// - Throws: ``DatabaseError`` for a file that cannot be opened.
    init(path: String, isReadOnly: Bool = false, busySeconds: Double = 0) throws(DatabaseError) {
        let mode = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, mode | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened else { throw DatabaseError(code: code, message: String(cString: sqlite3_errstr(code))) }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        guard code == SQLITE_OK else { throw failure }
        sqlite3_busy_timeout(handle, Int32(busySeconds * 1000))
    }

    deinit {
        finalizeStatements()
        sqlite3_close_v2(handle)
    }

    /// Closes the connection, which nobody uses from then on.
    ///
    /// - Throws: ``DatabaseError`` where SQLite cannot end its work.
    func close() throws(DatabaseError) {
        finalizeStatements()
        guard sqlite3_close(handle) == SQLITE_OK else { throw failure }
        handle = nil
    }

    /// How many rows the last statement changed.
    var changesCount: Int { Int(sqlite3_changes64(handle)) }

    /// Runs a statement, or several without arguments.
    ///
    /// - Parameters:
    ///   - sql: the statement, with a `?` for each argument.
    ///   - arguments: in their order.
    /// - Throws: ``DatabaseError`` for what SQLite refuses.
    func execute(sql: String, arguments: [any StoredValue] = []) throws(DatabaseError) {
        guard !arguments.isEmpty else {
            guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure }
            return
        }
        _ = try rows(sql: sql, arguments: arguments)
    }

    /// The rows of an answer.
    ///
    /// - Parameters:
    ///   - sql: one statement, with a `?` for each argument.
    ///   - arguments: in their order.
    /// - Returns: all rows.
    /// - Throws: ``DatabaseError`` for what SQLite refuses.
    func rows(sql: String, arguments: [any StoredValue] = []) throws(DatabaseError) -> [Row] {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (place, argument) in arguments.enumerated() {
            try bind(argument.stored, to: statement, at: Int32(place + 1))
        }
        let columns = (0..<sqlite3_column_count(statement)).map { String(cString: sqlite3_column_name(statement, $0)) }
        var rows: [Row] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                let values = (0..<Int32(columns.count)).map { Self.value(in: statement, at: $0) }
                rows.append(Row(columns: columns, values: values))
            case SQLITE_DONE: return rows
            default: throw failure
            }
        }
    }

    /// What stands in the first column of the first row; nil without a row.
    ///
    /// - Throws: ``DatabaseError`` for what SQLite refuses, ``Row/Unreadable`` for a value of another kind.
    func value<Value: StoredValue>(
        _: Value.Type = Value.self,
        sql: String,
        arguments: [any StoredValue] = []
    ) throws -> Value? {
        try rows(sql: sql, arguments: arguments).first.map { try $0.decode(at: 0) }
    }

    /// What stands in the first column of each row.
    ///
    /// - Throws: what ``value(_:sql:arguments:)`` throws.
    func values<Value: StoredValue>(
        _: Value.Type = Value.self,
        sql: String,
        arguments: [any StoredValue] = []
    ) throws -> [Value] {
        try rows(sql: sql, arguments: arguments).map { try $0.decode(at: 0) }
    }

    /// Does something wholly or not at all.
    ///
    /// - Parameters:
    ///   - kind: how the transaction begins: `IMMEDIATE` takes the file for writing.
    ///   - body: what is done.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, and ``DatabaseError``; nothing is changed then.
    func transaction<Value>(_ kind: String = "IMMEDIATE", _ body: () throws -> Value) throws -> Value {
        try execute(sql: "BEGIN \(kind)")
        do {
            let value = try body()
            try execute(sql: "COMMIT")
            return value
        } catch {
            // Some faults have rolled it back already.
            if sqlite3_get_autocommit(handle) == 0 { try? execute(sql: "ROLLBACK") }
            throw error
        }
    }

    private func prepared(_ sql: String) throws(DatabaseError) -> OpaquePointer {
        if let known = statements[sql] { return known }
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else { throw failure }
        if statements.count >= Self.maximumStatements { finalizeStatements() }
        statements[sql] = statement
        return statement
    }

    private func finalizeStatements() {
        for statement in statements.values { sqlite3_finalize(statement) }
        statements = [:]
    }

    private func bind(_ value: SQLiteValue, to statement: OpaquePointer, at place: Int32) throws(DatabaseError) {
        let code =
            switch value {
            case .null: sqlite3_bind_null(statement, place)
            case .integer(let number): sqlite3_bind_int64(statement, place, number)
            case .real(let number): sqlite3_bind_double(statement, place, number)
            case .text(let text): ape_sqlite_bind_text(statement, place, text, Int32(text.utf8.count))
            case .blob(let bytes): ape_sqlite_bind_blob(statement, place, bytes, Int32(bytes.count))
            }
        guard code == SQLITE_OK else { throw failure }
    }

    private static func value(in statement: OpaquePointer, at place: Int32) -> SQLiteValue {
        switch sqlite3_column_type(statement, place) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, place))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, place))
        case SQLITE_TEXT:
            let text = sqlite3_column_text(statement, place)
            let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, place)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let bytes = sqlite3_column_blob(statement, place)
            return .blob(
                Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, place))))
            )
        default: return .null
        }
    }

    private var failure: DatabaseError {
        DatabaseError(code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)))
    }
}
