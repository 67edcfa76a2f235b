import ApeCore
import Glibc

/// Reads files with a secret. Only their owner may have access; of a file of root, also the group that root chose.
package enum PrivateFile {
    /// The longest private key that is read, in bytes.
    static let keyLimitBytes = 64 * 1024

    /// Reads the first bytes of a file.
    ///
    /// - Parameters:
    ///   - path: a regular file that passes ``isPrivate(mode:owner:reader:)``, or a pipe.
    ///   - kind: the kind of file for messages, such as `token file`.
    ///   - limitBytes: the most bytes that are read.
    /// - Returns: the bytes.
    /// - Throws: ``ApeError`` of code `file` that names the file, what is wrong with it and how to fix it.
    package static func read(_ path: String, kind: String, limitBytes: Int) throws(ApeError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw ApeError(.file, "Cannot read the \(kind) \(path)", cause: String(cString: strerror(errno)))
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFIFO
        else { throw ApeError(.file, "The \(kind) \(path) is not a file") }
        let isPipe = status.st_mode & S_IFMT == S_IFIFO
        guard isPipe || isPrivate(mode: status.st_mode, owner: status.st_uid, reader: geteuid()) else {
            throw ApeError(.file, "The \(kind) \(path) can be read by others: run chmod 600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: limitBytes)
        let count = Glibc.read(file, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Whether a file of this mode keeps its secret.
    ///
    /// Only the owner may have access. Where the reader is not root, a file of root may also be readable by its group:
    /// the reader cannot own it, and root has chosen the group. Kubernetes mounts secrets this way (`fsGroup`), systemd
    /// passes credentials this way (an ACL shows as the group's bits), and PostgreSQL has the same rule for its keys.
    ///
    /// - Parameters:
    ///   - mode: the file's mode bits.
    ///   - owner: the user that owns the file.
    ///   - reader: the user that reads it.
    /// - Returns: whether nobody else can read it.
    static func isPrivate(mode: mode_t, owner: uid_t, reader: uid_t) -> Bool {
        let forbidden = owner == 0 && reader != 0 ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO
        return mode & forbidden == 0
    }

    /// Reads a private key's file.
    ///
    /// - Throws: what ``read(_:kind:limitBytes:)`` throws.
    package static func key(_ path: String) throws(ApeError) -> [UInt8] {
        try read(path, kind: "private key", limitBytes: keyLimitBytes)
    }
}
