import ApeCore
import Glibc

/// A file under a name of its own beside the one that it is to replace. It is removed when it is let go before that.
///
/// Its writer holds a lock on it, which ends with the process: so what a killed writer left is told from what another one,
/// maybe in another container, is writing now.
final class TemporaryFile {
    /// A leftover is at least so old, in seconds: a file that has just been made may not be locked yet.
    private static let leastAge = 60

    private let path: String
    private var name: String?
    let descriptor: Int32

    /// Makes an empty one, and removes what killed writers of the same file left. It is nil where the directory takes no
    /// file; `errno` says why.
    ///
    /// - Parameter path: the file that it is to replace.
    init?(beside path: String) {
        self.path = path
        let name = "\(path).\(SecureRandom.hex(bytes: 8)).tmp"
        descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return nil }
        self.name = name
        flock(descriptor, LOCK_EX | LOCK_NB)
        Self.removeLeftovers(of: path)
    }

    deinit {
        if let name { unlink(name) }
        if descriptor >= 0 { close(descriptor) }
    }

    /// Gives it the name of the file that it is to replace.
    ///
    /// - Returns: whether it has that name now; if not, `errno` says why.
    func replace() -> Bool {
        guard let name, rename(name, path) == 0 else { return false }
        self.name = nil
        return true
    }

    private static func removeLeftovers(of path: String) {
        let parent = Files.parent(of: path)
        guard let directory = opendir(parent) else { return }
        defer { closedir(directory) }
        let base = path.split(separator: "/").last.map(String.init) ?? path
        while let entry = readdir(directory) {
            // In its place: an entry ends behind its name, and not behind all the bytes that its type has for one.
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(base + "."), name.hasSuffix(".tmp") else { continue }
            remove("\(parent)/\(name)")
        }
    }

    /// Removes a temporary file that nobody writes.
    private static func remove(_ leftover: String) {
        let file = open(leftover, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            time(nil) - status.st_mtim.tv_sec >= leastAge, flock(file, LOCK_EX | LOCK_NB) == 0
        else { return }
        unlink(leftover)
    }
}
