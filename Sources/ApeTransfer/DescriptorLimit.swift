import Glibc

/// How many descriptors connections may take of those that a process may have open.
///
/// The rest is kept for what cannot do without: libdispatch opens a file for each of its threads once a second and ends the
/// process where it cannot, and names are looked up and authorities read through files.
struct DescriptorLimit {
    /// The limit is raised when the program starts, before its first connection.
    static let ofProcess: DescriptorLimit = {
        var limit = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return DescriptorLimit(files: isKnown ? Int(clamping: limit.rlim_cur) : .max)
    }()

    /// The first descriptor that connections may not have. The system gives out the lowest number that is free, so a
    /// high one tells how many are taken.
    let end: Int

    /// - Parameter files: those that the process may have open. A sixteenth of them is kept, but few of few, and no more
    ///   than are of use.
    init(files: Int) {
        end = files - min(max(2, files / 16), 64)
    }

    /// Makes a socket that no other program inherits.
    ///
    /// - Returns: the socket; -1, with `errno`, where the system has none or it would be one of those that are kept.
    func socket(family: Int32, kind: Int32, protocol number: Int32) -> Int32 {
        let descriptor = Glibc.socket(family, kind | Int32(SOCK_CLOEXEC.rawValue), number)
        guard descriptor >= end else { return descriptor }
        close(descriptor)
        errno = EMFILE
        return -1
    }
}
