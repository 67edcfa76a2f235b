import ApeCore
import Glibc

/// Reads scenario files, and the OpenAPI documents that they name.
package enum ScenarioFile {
    /// The largest file that is read, in bytes. The reader of the content has a lower limit of its own.
    static let maximumBytes = 4 * 1024 * 1024

    /// Reads and checks a scenario.
    ///
    /// - Throws: ``ApeError`` of code `file` for a file that cannot be read, and of code `scenario` with every problem
    ///   of the content, one on each line.
    package static func read(_ path: String) throws(ApeError) -> ReadScenario {
        try Scenario.read(bytes(of: path), file: path) { try bytes(of: $0) }
    }

    /// Reads a whole file that a scenario may name.
    ///
    /// - Throws: ``ApeError`` of code `file` that names it.
    package static func bytes(of path: String) throws(ApeError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= maximumBytes {
            let count = Glibc.read(file, &piece, piece.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            bytes += piece[..<count]
        }
        throw ApeError(.file, "Cannot read \(path): it has more than \(maximumBytes) bytes")
    }

    private static func failure(_ path: String) -> ApeError {
        ApeError(.file, "Cannot read \(path)", cause: String(cString: strerror(errno)))
    }
}
