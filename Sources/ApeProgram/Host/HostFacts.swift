import ApeCore
import Glibc

/// The facts about a worker's host that the split of the agents and the report need.
package struct HostFacts: Sendable, Equatable {
    package var name: String
    package var cpus: Int
    /// The memory of the host, or of the cgroup that limits it.
    package var memoryBytes: Int64

    /// Reads this machine.
    package static func current() -> HostFacts {
        let files = FileReader.system
        let group = Cgroup(files)?.usage()
        let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let memory = files.read("/proc/meminfo").flatMap(ProcFile.memory)?.total ?? 0
        let name = files.read("/proc/sys/kernel/hostname") ?? ""
        return HostFacts(
            name: String(name.prefix { !$0.isWhitespace }),
            cpus: min(online, max(1, Int(saturating: (group?.cpuLimit ?? Double(online)).rounded(.up)))),
            memoryBytes: min(memory, group?.memoryLimitBytes ?? memory)
        )
    }
}
