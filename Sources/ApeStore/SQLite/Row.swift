/// A row of an answer.
struct Row: Sendable {
    /// What stands in a column is of another kind than any version of APE has written.
    struct Unreadable: Error {
        var column: String
    }

    let columns: [String]
    let values: [SQLiteValue]

    /// The value in a column.
    ///
    /// - Throws: ``Unreadable`` for a value of another kind, and for a column that the answer does not have.
    func decode<Value: StoredValue>(_: Value.Type = Value.self, forColumn name: String) throws(Unreadable) -> Value {
        guard let place = columns.firstIndex(of: name) else { throw Unreadable(column: name) }
        return try decode(at: place)
    }

    /// The value in a column, by its place.
    ///
    /// - Throws: ``Unreadable`` for a value of another kind.
    func decode<Value: StoredValue>(_: Value.Type = Value.self, at place: Int) throws(Unreadable) -> Value {
        guard let value = Value(stored: values[place]) else { throw Unreadable(column: columns[place]) }
        return value
    }
}
