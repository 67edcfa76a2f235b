import ApeCore
import Glibc

extension Files {
    /// The largest file that is read unless its reader says less, in bytes.
    package static let maximumBytes = 256 * 1024 * 1024

    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - limit: the most that it may hold, in bytes.
    /// - Returns: all that it holds.
    /// - Throws: ``ApeError`` of code `file` that names it.
    package static func bytes(of path: String, atMost limit: Int = maximumBytes) throws(ApeError) -> [UInt8] {
        var bytes: [UInt8] = []
        let isWhole = read(path, upTo: limit + 1, &bytes)
        guard isWhole else { throw ApeError(.file, "Cannot read \(path)", cause: String(cString: strerror(errno))) }
        guard bytes.count <= limit else {
            throw ApeError(.file, "Cannot read \(path): it has more than \(limit) bytes")
        }
        return bytes
    }

    /// Reads the beginning of a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - limit: how much of it is read, in bytes.
    /// - Returns: what was read; nil where it cannot be opened or read.
    package static func contents(of path: String, upTo limit: Int = maximumBytes) -> [UInt8]? {
        var bytes: [UInt8] = []
        return read(path, upTo: limit, &bytes) ? bytes : nil
    }

    /// Reads a report that was written with `--output`.
    ///
    /// - Throws: ``ApeError`` of code `file` for one that cannot be read, `usage` for one that is no JSON.
    package static func report(_ path: String) throws(ApeError) -> JSONValue {
        let bytes = try bytes(of: path)
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw ApeError(
                .usage,
                "\(path) is no JSON: give a report that was written with --output",
                cause: "\(error)"
            )
        }
    }

    /// Whether there is anything at a path.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether there is a directory at a path.
    package static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Appends a file's bytes; false with `errno` where they cannot be read.
    private static func read(_ path: String, upTo limit: Int, _ bytes: inout [UInt8]) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count < limit {
            let count = Glibc.read(file, &piece, min(piece.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return false }
            if count == 0 { break }
            bytes += piece[..<count]
        }
        return true
    }
}
