import ApeCore
import ApeProgram

/// How a child tells that it is ready and where it listens: a JSON object in a file that appears whole.
enum ReadyFile {
    /// How long a child may take to get ready.
    static let patience: Duration = .seconds(20)
    private static let period: Duration = .milliseconds(20)

    /// The flags with which workers lend what the coordinator's scenario names of their host's secrets: they are this
    /// user's own, as the scenario is.
    static func secretFlags(in path: String) -> [String] {
        let ready = Files.contents(of: path).flatMap { try? JSONValue(parsing: $0) }
        return ready?["secrets"]?.array?.compactMap(\.string) ?? []
    }

    /// Waits for the file and reads one member of it.
    ///
    /// - Parameters:
    ///   - path: the file's.
    ///   - member: the member that holds the address.
    ///   - child: who writes it.
    ///   - children: where its early end would be known.
    /// - Returns: the address; nil when the child ended instead.
    /// - Throws: ``ApeError`` of code `process` that names who did not get ready.
    static func wait(
        for path: String,
        member: String,
        of child: ChildProgram,
        _ children: Children
    ) async throws -> String? {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if let bytes = Files.contents(of: path) {
                guard let address = try JSONValue(parsing: bytes)[member]?.string else {
                    throw ApeError(.process, "\(child.name) said that it is ready, but not where its \(member) is")
                }
                return address
            }
            if children.exitCode(of: child.name) != nil { return nil }
            try await Task.sleep(for: period)
        }
        throw ApeError(.process, "\(child.name) was not ready within \(patience)\(child.output.hint)")
    }
}
