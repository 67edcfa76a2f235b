import ApeCore
import Glibc

/// A report on disk: whole or not at all.
package enum ReportFile {
    /// Writes `value` as indented JSON: to a temporary name in the same directory, forced to the disk, then renamed,
    /// so that no reader and no crash ever sees half a report.
    ///
    /// - Throws: ``ApeError`` with the code `file`; what was at `path` before is then unchanged.
    package static func write(_ value: JSONValue, to path: String) throws(ApeError) {
        try write(text: value.prettyText, to: path)
    }

    /// The same for any text; `flag` is the one that named the path.
    package static func write(text: String, to path: String, flag: String = "--output") throws(ApeError) {
        if isDevice(path) { return try writeNew(text, to: path, 0, failing: { failure(path, $0, flag) }) }
        let temporary = temporaryName(for: path)
        do throws(ApeError) {
            try writeNew(text, to: temporary, O_TRUNC, failing: { failure(path, $0, flag) })
            guard rename(temporary, path) == 0 else { throw failure(path, "cannot be replaced", flag) }
        } catch {
            unlink(temporary)
            throw error
        }
        // Without this the new name itself might not survive a power cut; the report does not depend on it.
        let directory = open(parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }

    /// Makes sure before a long run that its report can be written: the directory is there and takes a file.
    ///
    /// - Throws: ``ApeError`` with the code `file`, which names the path and the way out.
    package static func check(_ path: String, flag: String = "--output") throws(ApeError) {
        var status = stat()
        if path.isEmpty || path.hasSuffix("/") || (stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR) {
            throw ApeError(.file, "\"\(path)\" is a directory: give \(flag) the name of a file in it.")
        }
        if isDevice(path) {
            guard access(path, W_OK) == 0 else { throw failure(path, "cannot be written", flag) }
            return
        }
        let temporary = temporaryName(for: path)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, "cannot be written", flag) }
        close(descriptor)
        unlink(temporary)
    }

    /// The largest report that is read, in bytes.
    static let maximumBytes = 256 * 1024 * 1024

    /// Reads a JSON file.
    ///
    /// - Throws: ``ApeError`` with the code `file` for one that cannot be read, `usage` for one that is no JSON.
    package static func read(_ path: String) throws(ApeError) -> JSONValue {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw ApeError(.file, "Cannot read \(path)", cause: String(cString: strerror(errno)))
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 256 * 1024)
        while bytes.count <= maximumBytes {
            let count = Glibc.read(file, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw ApeError(.file, "Cannot read \(path)", cause: String(cString: strerror(errno)))
            }
            if count == 0 { break }
            bytes += piece[..<count]
        }
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

    /// Makes a directory with all above it; one that is there is as good.
    package static func makeDirectory(_ path: String, flag: String) throws(ApeError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part + "/"
            guard mkdir(made, 0o755) == 0 || errno == EEXIST else {
                throw failure(path, "cannot be made a directory", flag)
            }
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw ApeError(.file, "\"\(path)\" is no directory: give \(flag) the name of one.")
        }
    }

    /// Adds text to the end of a file that others write to as well.
    package static func append(_ text: String, to path: String) throws(ApeError) {
        try writeNew(text, to: path, O_APPEND) { what in
            ApeError(.file, "The job's summary \(path) \(what).", cause: String(cString: strerror(errno)))
        }
    }

    private static func writeNew(
        _ text: String,
        to path: String,
        _ mode: Int32,
        failing failure: (String) -> ApeError
    ) throws(ApeError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | mode | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("cannot be written") }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw failure("cannot be written") }
            rest = rest.dropFirst(written)
        }
        // A pipe or a terminal has no disk.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure("cannot be forced to the disk") }
    }

    private static func failure(_ path: String, _ what: String, _ flag: String) -> ApeError {
        let reason = String(cString: strerror(errno))
        return ApeError(
            .file,
            "\(path) \(what): make its directory and its permissions right, or choose another with \(flag).",
            cause: reason
        )
    }

    /// Whether a path is a pipe or a device, or what stands for one such as `/dev/stdout`: nothing may take its place, so
    /// it is written to directly.
    private static func isDevice(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        let kind = status.st_mode & S_IFMT
        return (kind != S_IFREG && kind != S_IFDIR) || (kind == S_IFREG && path.hasPrefix("/dev/"))
    }

    private static func temporaryName(for path: String) -> String {
        "\(path).\(getpid()).tmp"
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
