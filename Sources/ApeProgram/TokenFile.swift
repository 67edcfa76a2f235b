import ApeCore
import Glibc

/// The secret that a fleet shares, read from a file that only its owner may read.
package enum TokenFile {
    /// Shorter ones can be guessed.
    static let minimumBytes = 16
    static let maximumBytes = 4096

    /// Reads a token; white space at its ends does not count.
    ///
    /// - Throws: ``ApeError`` of code `file` that names the file, what is wrong with it and the way out.
    package static func read(_ path: String) throws(ApeError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw ApeError(.file, "Cannot read the token file \(path)", cause: String(cString: strerror(errno)))
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFIFO
        else { throw ApeError(.file, "The token file \(path) is not a file") }
        guard status.st_mode & (S_IRWXG | S_IRWXO) == 0 || status.st_mode & S_IFMT == S_IFIFO else {
            throw ApeError(.file, "The token file \(path) can be read by others: run chmod 600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
        let count = Glibc.read(file, &bytes, bytes.count)
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let text = bytes.prefix(max(0, count)).drop(while: isSpace)
        let token = Array(text.reversed().drop(while: isSpace).reversed())
        guard (minimumBytes...maximumBytes).contains(token.count) else {
            throw ApeError(
                .file,
                "The token in \(path) has \(token.count) bytes; it needs \(minimumBytes) to \(maximumBytes): "
                    + "make one with: openssl rand -hex 32 > \(path)"
            )
        }
        return token
    }
}
