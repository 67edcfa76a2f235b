import ApeCore

/// Reads the numbers that the host probe needs from files of /proc (proc(5)).
package enum ProcFile {
    /// The machine's CPU time since boot, in clock ticks: busy, and in total.
    package static func cpuTicks(_ stat: String) -> (busy: Int64, total: Int64)? {
        guard let line = stat.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return nil }
        // user nice system idle iowait irq softirq steal; guest time is inside user's.
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Int64($0) }
        guard ticks.count >= 5 else { return nil }
        let total = ticks.reduce(Int64(0)) { $0.addingClamped($1) }
        return (total.subtractingClamped(ticks[3]).subtractingClamped(ticks[4]), total)
    }

    /// Bytes of memory: used (not available to applications), and in total.
    package static func memory(_ meminfo: String) -> (used: Int64, total: Int64)? {
        func bytes(_ key: String) -> Int64? {
            meminfo.split(separator: "\n").first { $0.hasPrefix(key + ":") }?
                .split(separator: " ").dropFirst().first.flatMap { Int64($0) }.map { $0.multipliedClamped(by: 1024) }
        }
        guard let total = bytes("MemTotal"), let available = bytes("MemAvailable"), total > 0 else { return nil }
        return (max(0, total.subtractingClamped(available)), total)
    }

    /// The CPU time of a process in clock ticks, without its children, from /proc/self/stat.
    package static func processTicks(_ stat: String) -> Int64? {
        let fields = fieldsFromState(stat)
        guard fields.count > 12, let user = Int64(fields[11]), let system = Int64(fields[12]) else { return nil }
        return user.addingClamped(system)
    }

    /// When a process started, in clock ticks from the machine's start, from /proc/PID/stat; nil for a process that has
    /// ended and only waits for its parent to notice.
    package static func startTicks(_ stat: String) -> Int64? {
        let fields = fieldsFromState(stat)
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return Int64(fields[19])
    }

    /// The fields of /proc/PID/stat from the third, the state, on. The second, the command, may hold blanks and
    /// brackets, so they are counted from the last bracket.
    private static func fieldsFromState(_ stat: String) -> [Substring] {
        guard let close = stat.lastIndex(of: ")") else { return [] }
        return stat[close...].dropFirst().split(separator: " ")
    }

    /// How many CPUs a process is bound to, from /proc/self/status; nil where its list cannot be read.
    package static func boundCPUs(_ status: String) -> Int? {
        let key = "Cpus_allowed_list:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }) else { return nil }
        var count = 0
        for part in line.dropFirst(key.count).split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).compactMap { UInt16($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return nil }
            count += Int(last - first) + 1
        }
        return count > 0 ? count : nil
    }

    /// The number of resident pages of a process, from /proc/self/statm.
    package static func residentPages(_ statm: String) -> Int64? {
        statm.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
    }
}
