import ApeCore

/// The control group of this process, by version 2 or version 1 of the interface.
package struct Cgroup: Sendable {
    private let files: FileReader
    private let version: Version

    private enum Version: Sendable {
        case two(directory: String)
        case one(cpu: String, usage: String, memory: String)
    }

    /// The usage and limits of the group.
    package struct Usage: Sendable, Equatable {
        /// CPU time used since the group began, in microseconds.
        package var cpuMicros: Int64?
        /// CPUs that the group may use; nil without a limit.
        package var cpuLimit: Double?
        package var memoryBytes: Int64?
        /// nil without a limit.
        package var memoryLimitBytes: Int64?

        package init(
            cpuMicros: Int64? = nil,
            cpuLimit: Double? = nil,
            memoryBytes: Int64? = nil,
            memoryLimitBytes: Int64? = nil
        ) {
            self.cpuMicros = cpuMicros
            self.cpuLimit = cpuLimit
            self.memoryBytes = memoryBytes
            self.memoryLimitBytes = memoryLimitBytes
        }
    }

    /// Finds the group of this process; nil where there is none.
    package init?(_ files: FileReader) {
        self.files = files
        guard let membership = files.read("/proc/self/cgroup") else { return nil }
        var paths: [String: String] = [:]
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for controller in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
                paths[String(controller)] = String(fields[2])
            }
        }
        if let path = paths[""], files.read("/sys/fs/cgroup/cgroup.controllers") != nil {
            // In a container the group is the root of the mounted hierarchy, whatever the path says.
            let own = "/sys/fs/cgroup" + (path == "/" ? "" : path)
            version = .two(directory: files.read(own + "/cgroup.procs") != nil ? own : "/sys/fs/cgroup")
        } else if let cpu = paths["cpu"], let memory = paths["memory"] {
            func place(_ controller: String, _ path: String, _ file: String) -> String {
                let own = "/sys/fs/cgroup/\(controller)" + (path == "/" ? "" : path)
                return files.read(own + "/" + file) != nil ? own : "/sys/fs/cgroup/\(controller)"
            }
            version = .one(
                cpu: place("cpu", cpu, "cpu.cfs_quota_us"),
                usage: place("cpuacct", paths["cpuacct"] ?? cpu, "cpuacct.usage"),
                memory: place("memory", memory, "memory.usage_in_bytes")
            )
        } else {
            return nil
        }
    }

    package func usage() -> Usage {
        switch version {
        case .two(let directory): usageVersionTwo(directory)
        case .one(let cpu, let usage, let memory): usageVersionOne(cpu, usage, memory)
        }
    }

    private func usageVersionTwo(_ directory: String) -> Usage {
        var usage = Usage()
        let quota = words(directory + "/cpu.max")
        if quota.count == 2, let limit = Int64(quota[0]), let period = Int64(quota[1]), limit > 0, period > 0 {
            usage.cpuLimit = Double(limit) / Double(period)
        }
        let times = files.read(directory + "/cpu.stat") ?? ""
        usage.cpuMicros = times.split(separator: "\n").first { $0.hasPrefix("usage_usec ") }
            .flatMap { Int64($0.dropFirst("usage_usec ".count)) }
        usage.memoryLimitBytes = number(directory + "/memory.max")
        if let current = number(directory + "/memory.current") {
            usage.memoryBytes = current.subtractingClamped(reclaimable(directory + "/memory.stat", "inactive_file "))
        }
        return usage
    }

    private func usageVersionOne(_ cpu: String, _ account: String, _ memory: String) -> Usage {
        var usage = Usage()
        if let quota = number(cpu + "/cpu.cfs_quota_us"), let period = number(cpu + "/cpu.cfs_period_us"),
            quota > 0, period > 0
        {
            usage.cpuLimit = Double(quota) / Double(period)
        }
        usage.cpuMicros = number(account + "/cpuacct.usage").map { $0 / 1000 }
        // Without a limit the kernel shows the largest multiple of the page size.
        usage.memoryLimitBytes = number(memory + "/memory.limit_in_bytes").flatMap { $0 < 1 << 60 ? $0 : nil }
        if let current = number(memory + "/memory.usage_in_bytes") {
            usage.memoryBytes = current.subtractingClamped(reclaimable(memory + "/memory.stat", "total_inactive_file "))
        }
        return usage
    }

    /// The page cache that the kernel would reclaim first. It does not count as memory in use.
    private func reclaimable(_ path: String, _ key: String) -> Int64 {
        (files.read(path) ?? "").split(separator: "\n").first { $0.hasPrefix(key) }
            .flatMap { Int64($0.dropFirst(key.count)) } ?? 0
    }

    private func words(_ path: String) -> [Substring] {
        (files.read(path) ?? "").split { $0 == " " || $0 == "\n" }
    }

    private func number(_ path: String) -> Int64? {
        words(path).first.flatMap { Int64($0) }
    }
}
