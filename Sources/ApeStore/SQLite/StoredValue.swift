/// A value as SQLite keeps it.
enum SQLiteValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// A type whose values stand in columns. It is read from the one kind of value that it is written as.
protocol StoredValue: Sendable {
    var stored: SQLiteValue { get }

    /// nil for a value of another kind.
    init?(stored: SQLiteValue)
}

extension Int64: StoredValue {
    var stored: SQLiteValue { .integer(self) }

    init?(stored: SQLiteValue) {
        guard case .integer(let number) = stored else { return nil }
        self = number
    }
}

extension Int: StoredValue {
    var stored: SQLiteValue { .integer(Int64(self)) }

    init?(stored: SQLiteValue) {
        guard let number = Int64(stored: stored) else { return nil }
        self.init(exactly: number)
    }
}

extension Bool: StoredValue {
    var stored: SQLiteValue { .integer(self ? 1 : 0) }

    init?(stored: SQLiteValue) {
        guard let number = Int64(stored: stored) else { return nil }
        self = number != 0
    }
}

extension Double: StoredValue {
    var stored: SQLiteValue { .real(self) }

    init?(stored: SQLiteValue) {
        guard case .real(let number) = stored else { return nil }
        self = number
    }
}

extension String: StoredValue {
    var stored: SQLiteValue { .text(self) }

    init?(stored: SQLiteValue) {
        guard case .text(let text) = stored else { return nil }
        self = text
    }
}

extension [UInt8]: StoredValue {
    var stored: SQLiteValue { .blob(self) }

    init?(stored: SQLiteValue) {
        guard case .blob(let bytes) = stored else { return nil }
        self = bytes
    }
}

extension Optional: StoredValue where Wrapped: StoredValue {
    var stored: SQLiteValue { self?.stored ?? .null }

    init?(stored: SQLiteValue) {
        if stored == .null {
            self = .none
            return
        }
        guard let value = Wrapped(stored: stored) else { return nil }
        self = value
    }
}
