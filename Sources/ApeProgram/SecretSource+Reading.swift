import ApeCore
import Glibc

extension Scenario.SecretSource {
    /// The longest secret, in bytes: more than any key needs.
    static let maximumBytes = 16 * 1024

    /// Reads a secret from the variable or the file that the scenario names.
    ///
    /// - Parameters:
    ///   - what: what the secret is, for messages.
    ///   - host: whose host this is, for messages.
    /// - Returns: the secret.
    /// - Throws: ``ApeError`` of code `usage` or `file` that names the variable or the file, never its content.
    package func read(
        _ what: String = "the API key",
        on host: String = "this worker's host"
    ) throws(ApeError) -> String {
        switch self {
        case .environment(let name):
            guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else {
                throw ApeError(
                    .usage,
                    "The environment variable \(name), which the scenario names for \(what), is not set on \(host)"
                )
            }
            return value
        case .file(let path):
            guard let text = FileReader.system.read(path)?.trimmed, !text.isEmpty,
                text.utf8.count <= Self.maximumBytes
            else {
                throw ApeError(
                    .file,
                    "The file \(path), which the scenario names for \(what), cannot be read on \(host) or is empty"
                )
            }
            return text
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
