import ApeCore
import Glibc

/// The exclusive right to coordinate a run. Two coordinators of one run would assign its agents twice.
///
/// It is an open file description lock on a file beside the run's database, so the system releases it when the process
/// ends, however it ends. Who ends removes the file while it still holds the lock; so a lock counts only on the file that
/// the path names once it is held.
package final class RunClaim: Sendable {
    private let path: String
    private let file: Int32

    /// Claims a run.
    ///
    /// - Throws: ``ApeError`` of code `usage` for a run that another process coordinates or an identifier that is none,
    ///   of code `file` for a directory that cannot be written.
    package convenience init(run: String, results: String) throws(ApeError) {
        try self.init(run: run, results: results) {}
    }

    /// Claims a run.
    ///
    /// - Parameters:
    ///   - run: its identifier.
    ///   - results: the directory of its database.
    ///   - onOpened: what happens elsewhere between opening the file and locking it, for tests.
    /// - Throws: what ``init(run:results:)`` throws.
    init(run: String, results: String, onOpened: () -> Void) throws(ApeError) {
        guard let path = Self.path(run: run, results: results) else {
            throw ApeError(.usage, "\(run) is no run's identifier; see those that there are with ape-test history")
        }
        self.path = path
        for _ in 0..<Self.attempts {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard file >= 0 else {
                let cause = String(cString: strerror(errno))
                throw ApeError(.file, "Cannot write \(path): choose another directory with --results", cause: cause)
            }
            onOpened()
            var lock = Self.lock
            guard fcntl(file, Self.setLock, &lock) == 0 else {
                close(file)
                break
            }
            if Self.isNamed(file, by: path) {
                self.file = file
                return
            }
            // Its owner removed the file after this process had opened it: nobody else would find this lock.
            close(file)
        }
        throw ApeError(.usage, "Another process coordinates run \(run): end it first, or start a run of its own")
    }

    deinit {
        unlink(path)
        close(file)
    }

    /// Whether a running process coordinates a run.
    package static func isHeld(run: String, results: String) -> Bool {
        guard let path = path(run: run, results: results) else { return false }
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var lock = lock
        // Asking takes no lock, so it never stops a coordinator from taking it.
        return fcntl(file, getLock, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
    }

    /// Whether a path leads to an open file.
    private static func isNamed(_ file: Int32, by path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        guard fstat(file, &opened) == 0, stat(path, &named) == 0 else { return false }
        return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
    }

    /// How often a file is opened anew that was removed before it could be locked.
    private static let attempts = 100

    private static func path(run: String, results: String) -> String? {
        let isName = !run.isEmpty && run.utf8.count <= 128 && !run.contains { $0 == "/" || $0 == "\0" }
        return isName ? "\(results)/run-\(run).lock" : nil
    }

    /// `F_OFD_GETLK` and `F_OFD_SETLK` of fcntl(2), which Swift's Glibc may lack.
    private static let (getLock, setLock): (Int32, Int32) = (36, 37)

    /// An exclusive lock on the whole file.
    private static var lock: Glibc.flock {
        Glibc.flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
    }
}
