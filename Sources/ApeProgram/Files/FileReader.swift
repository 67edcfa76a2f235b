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
        Files.contents(of: path, upTo: limitBytes).map { String(decoding: $0, as: UTF8.self) }
    }
}
