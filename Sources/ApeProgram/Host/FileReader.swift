import Glibc

/// Reads the small files of /proc and /sys. It is a value so that tests can show a probe any machine.
package struct FileReader: Sendable {
    /// More than any file of /proc and /sys that is read here.
    static let limitBytes = 64 * 1024

    /// The text of a file; nil when there is none.
    package var read: @Sendable (_ path: String) -> String?

    package init(read: @escaping @Sendable (_ path: String) -> String?) {
        self.read = read
    }

    package static let system = FileReader { path in
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while text.count < limitBytes {
            let count = Glibc.read(file, &chunk, chunk.count)
            guard count > 0 else { break }
            text += chunk[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
