import Glibc

/// What a descriptor leads to, for words about it.
enum OutputKind: Sendable {
    case terminal, pipe, file, socket, other

    init(_ descriptor: Int32) {
        var status = stat()
        guard isatty(descriptor) == 0 else {
            self = .terminal
            return
        }
        guard fstat(descriptor, &status) == 0 else {
            self = .other
            return
        }
        self =
            switch status.st_mode & S_IFMT {
            case S_IFIFO: .pipe
            case S_IFREG: .file
            case S_IFSOCK: .socket
            default: .other
            }
    }

    /// Such as `terminal`.
    var name: String {
        switch self {
        case .terminal: "terminal"
        case .pipe: "pipe"
        case .file: "file"
        case .socket: "socket"
        case .other: "output"
        }
    }
}
