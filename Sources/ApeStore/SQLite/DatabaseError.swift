import CSQLite

/// What SQLite refused, in its words.
struct DatabaseError: Error {
    /// SQLite's extended result code, such as `SQLITE_IOERR_WRITE`.
    var code: Int32
    var message: String

    init(code: Int32, message: String = "") {
        self.code = code
        self.message = message
    }

    /// The code without what extends it, such as `SQLITE_IOERR`.
    var primaryCode: Int32 { code & 0xFF }
}
