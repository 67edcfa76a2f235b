import Foundation

/// A directory of its own for one test, removed at the test's end.
struct Scratch {
    let path: String

    /// Runs `body` with a fresh directory and removes it afterwards, whatever happened.
    static func with<Value>(_ body: (Scratch) async throws -> Value) async throws -> Value {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ape-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(Scratch(path: path))
    }

    /// The path of `name` inside.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes the directory `name` inside, and returns its path.
    func directory(_ name: String) throws -> String {
        let path = file(name)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Writes a file that only its owner may read, and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let path = file(name)
        let created = FileManager.default.createFile(
            atPath: path,
            contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard created else { throw HarnessError("cannot write \(path)") }
        return path
    }
}

/// What went wrong with the harness itself, not with what it tests.
struct HarnessError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Polls for outside effects that have no other sign: a file that appears, a line in an output.
enum Wait {
    /// Returns what `value` gives as soon as it gives anything.
    ///
    /// - Throws: ``HarnessError`` that names `what` once `limit` has passed.
    @discardableResult
    static func until<Value>(
        _ what: String,
        limit: Duration = .seconds(30),
        _ value: () async throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + limit
        while true {
            if let found = try await value() { return found }
            guard ContinuousClock.now < deadline else { throw HarnessError("waited \(limit) in vain for \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

/// The text of a file; nil when it is not there or not UTF-8.
func textOfFile(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).flatMap { String(data: $0, encoding: .utf8) }
}
