import ApeCore
import CLinux
import Glibc

extension HostState {
    /// Reads this machine.
    package static func current() -> HostState {
        var state = HostState(files: .system)
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            state.files = FileLimit(soft: Int64(clamping: limit.rlim_cur), hard: Int64(clamping: limit.rlim_max))
        }
        let clock = ape_clock_is_synchronised()
        state.isClockSynchronised = clock < 0 ? nil : clock == 1
        return state
    }

    /// Reads the state from the files of a machine.
    init(files: FileReader) {
        self.init()
        func number(_ name: String) -> Int64? {
            files.read("/proc/sys/" + name).flatMap { text in
                text.split(whereSeparator: \.isWhitespace).first.flatMap { Int64($0) }
            }
        }
        filesCeiling = number("fs/nr_open")
        acceptQueue = number("net/core/somaxconn")
        timeWaitReuse = number("net/ipv4/tcp_tw_reuse")
        let ends = (files.read("/proc/sys/net/ipv4/ip_local_port_range") ?? "").split(whereSeparator: \.isWhitespace)
            .compactMap { Int($0) }
        if ends.count == 2, ends[0] <= ends[1], ends[0] >= 0, ends[1] <= 65_535 { ports = ends[0]...ends[1] }
        if let limit = number("net/netfilter/nf_conntrack_max") {
            tracking = Tracking(used: number("net/netfilter/nf_conntrack_count") ?? 0, limit: limit)
        }
        let group = Cgroup(files)?.usage()
        cpus = min(Double(HostFacts.boundCPUs(files)), group?.cpuLimit ?? .infinity)
        if let host = files.read("/proc/meminfo").flatMap(ProcFile.memory) {
            memory = Memory(totalBytes: host.total, freeBytes: host.total.subtractingClamped(host.used))
            if let limit = group?.memoryLimitBytes, limit < host.total {
                let free = max(0, limit.subtractingClamped(group?.memoryBytes ?? 0))
                memory = Memory(totalBytes: limit, freeBytes: min(free, host.total.subtractingClamped(host.used)))
            }
        }
    }
}
