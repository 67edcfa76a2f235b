import Glibc

/// What the process has used so far.
struct Usage {
    var cpuMicros: Int64
    var residentKilobytes: Int

    /// Reads the system's own figures.
    static var now: Usage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let micros = [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Int64($1.tv_sec) * 1_000_000 + Int64($1.tv_usec)
        }
        return Usage(cpuMicros: micros, residentKilobytes: residentKilobytes())
    }

    private static func residentKilobytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let fields = line.prefix { $0 != 0 }.split(separator: CChar(UInt8(ascii: " ")))
        let pages = fields.count > 1 ? String(decoding: fields[1].map(UInt8.init(bitPattern:)), as: UTF8.self) : "0"
        return (Int(pages) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
    }
}
