import ApeCore
import Glibc

/// The facts about a worker's host that the split of the agents and the report need.
package struct HostFacts: Sendable, Equatable {
    package var name: String
    /// The CPUs that this process may use: those that it is bound to, or as many as the cgroup that limits it grants.
    package var cpus: Int
    /// The memory of the host, or of the cgroup that limits it.
    package var memoryBytes: Int64

    /// Reads this machine.
    package static func current() -> HostFacts {
        let files = FileReader.system
        let group = Cgroup(files)?.usage()
        let bound = boundCPUs(files)
        let memory = files.read("/proc/meminfo").flatMap(ProcFile.memory)?.total ?? 0
        let name = files.read("/proc/sys/kernel/hostname") ?? ""
        return HostFacts(
            name: String(name.prefix { !$0.isWhitespace }),
            cpus: min(bound, max(1, Int(saturating: (group?.cpuLimit ?? Double(bound)).rounded(.up)))),
            memoryBytes: min(memory, group?.memoryLimitBytes ?? memory)
        )
    }

    /// How many CPUs this process is bound to, which are all that are online where nobody has bound it.
    static func boundCPUs(_ files: FileReader) -> Int {
        files.read("/proc/self/status").flatMap(ProcFile.boundCPUs) ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }
}
