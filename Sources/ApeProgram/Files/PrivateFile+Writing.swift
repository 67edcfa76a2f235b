import ApeCore
import Glibc

extension PrivateFile {
    /// Writes a secret to a new file that its owner alone can read, in the place of one that is there.
    ///
    /// - Throws: ``ApeError`` of code `file` that names the path.
    package static func write(_ text: String, to path: String) throws(ApeError) {
        func failure() -> ApeError { ApeError(.file, "Cannot write \(path)", cause: String(cString: strerror(errno))) }
        guard unlink(path) == 0 || errno == ENOENT else { throw failure() }
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure() }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw failure() }
    }
}
