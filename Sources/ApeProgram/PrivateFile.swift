import ApeCore
import Glibc

/// Files with a secret, which nobody but their owner may read, and the group that root chose for one of its own.
package enum PrivateFile {
    /// Bytes of the longest private key that is read.
    static let keyLimitBytes = 64 * 1024

    /// Reads the first bytes of a file.
    ///
    /// - Parameters:
    ///   - path: a regular file or a pipe, the former closed to group and others as ``isPrivate(mode:owner:reader:)`` has it.
    ///   - kind: what it is, in words: `token file`.
    ///   - limitBytes: how many bytes are read.
    /// - Returns: what was read: less than that where the file is shorter.
    /// - Throws: ``ApeError`` of code `file` that names the file, what is wrong with it and the way out.
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

    /// Judges whether a file of this mode keeps its secret.
    ///
    /// Nobody but its owner may do anything with it. A file of root may be readable by its group as well, where the
    /// reader is not root: the reader cannot own it, and root has chosen who is let in. Kubernetes mounts secrets like
    /// that (`fsGroup`), systemd hands over credentials like that (an ACL shows as the group's bits), and PostgreSQL
    /// asks the same of its keys.
    ///
    /// - Parameters:
    ///   - mode: the file's mode bits.
    ///   - owner: the user that owns the file.
    ///   - reader: the user that reads it.
    /// - Returns: whether it does.
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
