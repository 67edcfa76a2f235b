import ApeCore
import Glibc

/// The door to files: what is written is there whole or not at all, what is read is bounded, and every error names the
/// path and the way out.
package struct Files: OutputFiles {
    package init() {}
}

extension Files {
    /// Writes `value` as indented JSON: to a temporary name in the same directory, forced to the disk, then renamed,
    /// so that no reader and no crash ever sees half a file.
    ///
    /// - Throws: ``ApeError`` with the code `file`; what was at `path` before is then unchanged.
    package static func write(_ value: JSONValue, to path: String) throws(ApeError) {
        try write(text: value.prettyText, to: path)
    }

    /// The same for any text; `flag` is the one that named the path.
    package static func write(text: String, to path: String, flag: String = "--output") throws(ApeError) {
        if isDevice(path) { return try writeDevice(text, to: path, failing: { failure(path, $0, flag) }) }
        guard let temporary = TemporaryFile(beside: path) else { throw failure(path, "cannot be written", flag) }
        try write(text, to: temporary.descriptor, failing: { failure(path, $0, flag) })
        guard temporary.replace() else { throw failure(path, "cannot be replaced", flag) }
        syncNames(in: parent(of: path))
    }

    /// Forces a directory's names to the disk, so that what was made or renamed there is found after a power cut. A file
    /// system that cannot do that takes nothing from what was written.
    private static func syncNames(in path: String) {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
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
        guard TemporaryFile(beside: path) != nil else { throw failure(path, "cannot be written", flag) }
    }

    /// Makes a directory with all above it, each of them on the disk; one that is there is as good.
    package static func makeDirectory(_ path: String, flag: String) throws(ApeError) {
        try makeDirectory(path) { _ in failure(path, "cannot be made a directory", flag) }
        guard isDirectory(path) else {
            throw ApeError(.file, "\"\(path)\" is no directory: give \(flag) the name of one.")
        }
    }

    /// The same with an error of the caller's own.
    ///
    /// - Parameters:
    ///   - path: the directory.
    ///   - mode: the permissions of what is made.
    ///   - failure: makes the error of the system's reason.
    /// - Throws: what `failure` makes.
    package static func makeDirectory(
        _ path: String,
        mode: mode_t = 0o755,
        failing failure: (_ cause: String) -> ApeError
    ) throws(ApeError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            let above = made.isEmpty ? "." : made
            made += part + "/"
            guard mkdir(made, mode) == 0 else {
                guard errno == EEXIST else { throw failure(String(cString: strerror(errno))) }
                continue
            }
            syncNames(in: above)
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
        try write(text, to: descriptor, failing: failure)
    }

    private static func write(
        _ text: String,
        to descriptor: Int32,
        failing failure: (String) -> ApeError
    ) throws(ApeError) {
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

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

extension Files {
    package func check(_ path: String, flag: String) throws(ApeError) { try Self.check(path, flag: flag) }

    package func makeDirectory(_ path: String, flag: String) throws(ApeError) {
        try Self.makeDirectory(path, flag: flag)
    }

    package func write(_ text: String, to path: String, flag: String) throws(ApeError) {
        try Self.write(text: text, to: path, flag: flag)
    }

    package func link(_ path: String, to target: String, flag: String) throws(ApeError) {
        try Self.link(path, to: target, flag: flag)
    }

    package func append(_ text: String, to path: String) throws(ApeError) { try Self.append(text, to: path) }
}
