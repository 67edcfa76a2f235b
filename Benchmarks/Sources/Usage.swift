import ApeCore
import Glibc

/// What the process has used so far.
struct Usage {
    var cpuMicros: Int64
    var residentBytes: Int
}

/// Reads what the process uses. It keeps the system's file open: one that is opened when it is needed finds no descriptor left
/// where agents have them all.
struct UsageMeter {
    private let file: Int32

    /// - Throws: ``BenchmarkFault`` where the system does not tell.
    init() throws(BenchmarkFault) {
        file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw BenchmarkFault("/proc/self/statm cannot be read (errno \(errno))") }
        _ = try now
    }

    /// The system's own figures.
    var now: Usage {
        get throws(BenchmarkFault) {
            var usage = rusage()
            guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else {
                throw BenchmarkFault("the system does not tell the time of the processor (errno \(errno))")
            }
            let micros = [usage.ru_utime, usage.ru_stime].reduce(0) {
                $0 + Int64($1.tv_sec) * 1_000_000 + Int64($1.tv_usec)
            }
            return Usage(cpuMicros: micros, residentBytes: try residentBytes)
        }
    }

    private var residentBytes: Int {
        get throws(BenchmarkFault) {
            var line = [UInt8](repeating: 0, count: 256)
            let length = pread(file, &line, line.count, 0)
            let fields = line.prefix(max(0, length)).split(separator: UInt8(ascii: " "))
            guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)), pages > 0 else {
                throw BenchmarkFault("/proc/self/statm does not tell the memory in use")
            }
            return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
    }
}

/// Room for connections.
enum Descriptors {
    /// What the process has open beside its connections, with a margin.
    private static let others = 64

    /// Lets the process have so many connections.
    ///
    /// - Throws: ``BenchmarkFault`` where the system does not.
    static func allow(connections: Int) throws(BenchmarkFault) {
        let needed = rlim_t(connections + others)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let hard = limit.rlim_max
        limit.rlim_cur = max(hard, needed)
        limit.rlim_max = limit.rlim_cur
        // Only root may have more than the hard limit.
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw BenchmarkFault(
                "\(connections) connections take \(needed) descriptors and the limit is \(hard): raise it (ulimit -Hn), or "
                    + "measure fewer agents"
            )
        }
    }
}

extension JSONValue {
    /// A figure with one digit behind the point.
    static func tenths(_ figure: Double) -> JSONValue { .number((figure * 10).rounded() / 10) }
}
