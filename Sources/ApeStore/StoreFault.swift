import ApeCore
import CSQLite

/// The faults of a store, with messages for the user.
///
/// It is no `ApeError` because its messages need the path, which only ``error(for:path:)`` knows. No other module sees it.
enum StoreFault: Error {
    case foreign
    case newer
    case unknownRun(String)
    case duplicateRun(String)
    case damaged(String)

    /// The error for the user. Cancellations and errors that are ``ApeError`` already are returned as they are.
    static func error(for error: any Error, path: String) -> any Error {
        switch error {
        case is CancellationError, is ApeError: return error
        case let fault as StoreFault: return ApeError(.store, fault.message(path: path))
        case let fault as DatabaseError:
            let code = busyCodes.contains(fault.primaryCode) ? ApeError.Code.storeBusy : .store
            return ApeError(code, message(for: fault.primaryCode, path: path), cause: fault.message)
        // What stands in a column is of another type than any version of APE has written.
        case is Row.Unreadable: return ApeError(.store, StoreFault.damaged("a row").message(path: path))
        default:
            return ApeError(.store, "The run database \(path) cannot be used.", cause: "\(error)")
        }
    }

    /// What passes once another process lets go of the file.
    private static let busyCodes: [Int32] = [SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL]

    private func message(path: String) -> String {
        switch self {
        case .foreign:
            "\(path) is a database of another program: choose another directory with --results."
        case .newer:
            "\(path) was written by a newer version of APE: use that version, or another directory with --results. "
                + "The file was not touched."
        case .unknownRun(let run):
            "\(path) has no run \(run): see those that it has with ape-test history, or choose another directory with --results."
        case .duplicateRun(let run):
            "\(path) already has a run \(run): continue it with --resume \(run), or start one with another name."
        case .damaged(let what):
            "\(path) is damaged: \(what) cannot be read. Move the file away, or choose another directory with --results."
        }
    }

    private static func message(for code: Int32, path: String) -> String {
        switch code {
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
            "The run database \(path) cannot be opened: check that its directory exists and may be written, or choose "
                + "another with --results."
        case SQLITE_READONLY:
            "The run database \(path) may not be written: change its permissions, or choose another directory with "
                + "--results."
        case SQLITE_FULL:
            "The disk with the run database \(path) is full: free some space and continue the run with --resume."
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            "\(path) is damaged or no database: move the file away, or choose another directory with --results."
        case SQLITE_BUSY, SQLITE_LOCKED:
            "Another process holds the run database \(path): end it, or choose another directory with --results."
        case SQLITE_IOERR:
            "The disk with the run database \(path) does not read or write: see the system's log, or choose another "
                + "directory with --results."
        default:
            "The run database \(path) cannot be used: choose another directory with --results."
        }
    }
}
