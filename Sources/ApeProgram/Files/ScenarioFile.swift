import ApeCore

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
        try Files.bytes(of: path, atMost: maximumBytes)
    }
}
