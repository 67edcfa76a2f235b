import ApeCore
import ApeProgram
import FoundationEssentials

/// A directory that only this user can enter, gone when the work in it is done.
struct TemporaryDirectory {
    let path: String

    /// Makes one, runs `body` in it and removes it.
    static func use<Result>(_ body: (TemporaryDirectory) async throws -> Result) async throws -> Result {
        let path = FileManager.default.temporaryDirectory.path + "/ape-" + SecureRandom.hex(bytes: 8)
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw ApeError(.file, "Cannot make a temporary directory at \(path)", cause: "\(error)")
        }
        // What is left in the system's temporary directory is the system's to clear: no reason to fail a run.
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(TemporaryDirectory(path: path))
    }

    /// The path of a file in it.
    func file(_ name: String) -> String {
        path + "/" + name
    }

    /// Writes a file that only this user can read.
    func write(_ text: String, to name: String) throws(ApeError) -> String {
        let path = file(name)
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: attributes) else {
            throw ApeError(.file, "Cannot write \(path)")
        }
        return path
    }
}
