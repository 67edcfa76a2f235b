import ApeCore
import Glibc

/// The files that this process may have open.
package enum OpenFileLimit {
    /// What a program opens beside its threads: output, files, libraries, a few connections.
    package static let filesOfProgram: Int64 = 40
    /// The same of a worker, which opens less, and tells the coordinator itself that its agents lack files.
    package static let filesOfWorker: Int64 = 8
    /// Each thread that waits for connections waits on three descriptors, and there are two for each processor.
    private static let filesOfProcessor: Int64 = 6
    private static let filesOfThread: Int64 = 3

    /// Raises the limit to the hard limit, since every agent has connections.
    ///
    /// - Parameter own: what the program opens beside its threads.
    /// - Throws: ``ApeError`` of code `usage` where even that is too low for the program's own threads, which could not
    ///   say so.
    static func raise(own: Int64) throws(ApeError) {
        if var limit = current {
            limit.rlim_cur = limit.rlim_max
            // Where the system refuses, the limit stays, and the first connection above it reports an error.
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        try demand(own: own)
    }

    /// Throws unless the limit is high enough for the program's threads.
    ///
    /// - Parameters:
    ///   - own: what the program opens beside its threads.
    ///   - threads: those that it starts beside the usual ones.
    /// - Throws: ``ApeError`` of code `usage`.
    package static func demand(own: Int64, threads: Int = 0) throws(ApeError) {
        guard let current else { return }
        let processors = max(1, Int64(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let needed = own + filesOfProcessor * processors + filesOfThread * Int64(threads)
        try check(Int64(clamping: current.rlim_cur), needed: needed)
    }

    /// How many files, connections among them, this process may have open.
    package static var files: Int { current.map { Int(clamping: $0.rlim_cur) } ?? 1_024 }

    static func check(_ files: Int64, needed: Int64) throws(ApeError) {
        guard files < needed else { return }
        throw ApeError(
            .usage,
            "A process may have only \(files) files open here, and this program needs at least \(needed): raise the limit "
                + "with `ulimit -n`, or LimitNOFILE= in a systemd unit"
        )
    }

    private static var current: rlimit? {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit : nil
    }
}
