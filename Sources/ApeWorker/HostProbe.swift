import ApeCore
import ApeMetrics
import ApeProgram
import Glibc

/// Measures the worker's host and its own process between one call and the next.
struct HostProbe: Sendable {
    private let files: FileReader
    private let cgroup: Cgroup?
    private let cpus: Int
    private let ticksPerSecond: Int64
    private let pageBytes: Int64
    private var last: Reading?

    private struct Reading: Sendable {
        var atMicros: Int64
        var busyTicks: Int64
        var totalTicks: Int64
        var processTicks: Int64
        var groupMicros: Int64?
    }

    init(files: FileReader = .system, cpus: Int, ticksPerSecond: Int64 = Int64(sysconf(Int32(_SC_CLK_TCK)))) {
        self.files = files
        self.cpus = cpus
        self.ticksPerSecond = ticksPerSecond
        cgroup = Cgroup(files)
        pageBytes = Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// What was used since the last call. The first call has nothing to compare with and shows no CPU.
    ///
    /// - Parameters:
    ///   - nowMicros: a monotonic clock's.
    ///   - loopLagP99Micros: the event loops' own measurement, handed through.
    /// - Returns: what goes into the window.
    mutating func sample(nowMicros: Int64, loopLagP99Micros: Int64) -> HostSample {
        let group = cgroup?.usage() ?? Cgroup.Usage()
        var sample = HostSample(loopLagP99Micros: loopLagP99Micros)
        sample.memoryPercent = memoryPercent(group)
        sample.processMemoryBytes = (files.read("/proc/self/statm").flatMap(ProcFile.residentPages) ?? 0)
            .multipliedClamped(by: pageBytes)
        guard let host = files.read("/proc/stat").flatMap(ProcFile.cpuTicks) else { return sample }
        let now = Reading(
            atMicros: nowMicros,
            busyTicks: host.busy,
            totalTicks: host.total,
            processTicks: files.read("/proc/self/stat").flatMap(ProcFile.processTicks) ?? 0,
            groupMicros: group.cpuMicros
        )
        if let last, now.atMicros > last.atMicros {
            let elapsedMicros = Double(now.atMicros - last.atMicros)
            let allowedCPUs = group.cpuLimit.map { min($0, Double(cpus)) } ?? Double(cpus)
            let processMicros =
                Double(now.processTicks.subtractingClamped(last.processTicks)) * 1e6 / Double(ticksPerSecond)
            sample.processCPUPercent = Self.percent(processMicros, of: elapsedMicros * allowedCPUs)
            if group.cpuLimit != nil, let used = now.groupMicros, let before = last.groupMicros {
                sample.cpuPercent = Self.percent(
                    Double(used.subtractingClamped(before)),
                    of: elapsedMicros * allowedCPUs
                )
            } else {
                sample.cpuPercent = Self.percent(
                    Double(now.busyTicks.subtractingClamped(last.busyTicks)),
                    of: Double(now.totalTicks.subtractingClamped(last.totalTicks))
                )
            }
        }
        last = now
        return sample
    }

    private func memoryPercent(_ group: Cgroup.Usage) -> Double {
        if let limit = group.memoryLimitBytes, let used = group.memoryBytes {
            return Self.percent(Double(used), of: Double(limit))
        }
        guard let memory = files.read("/proc/meminfo").flatMap(ProcFile.memory) else { return 0 }
        return Self.percent(Double(memory.used), of: Double(memory.total))
    }

    private static func percent(_ part: Double, of whole: Double) -> Double {
        whole > 0 ? min(100, max(0, part / whole * 100)) : 0
    }
}
