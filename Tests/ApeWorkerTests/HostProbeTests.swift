import ApeMetrics
import ApeProgram
import Testing

@testable import ApeWorker

struct HostProbeTests {
    /// A machine whose files are these; a later version of them is shown after `step`.
    private static func machine(_ files: [String: String]) -> FileReader {
        FileReader { files[$0] }
    }

    private static let plain = [
        "/proc/stat": "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3 4\n",
        "/proc/meminfo": "MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable:  250 kB\n",
        "/proc/self/stat": "7 (a b) c) S 1 7 7 0 -1 4194304 1 0 0 0 30 20 0 0 20 0 8 0 100 4096\n",
        "/proc/self/statm": "1000 25 10 1 0 100 0\n",
    ]

    @Test func readsProcFiles() {
        #expect(ProcFile.cpuTicks(Self.plain["/proc/stat"]!)! == (150, 1000))
        #expect(ProcFile.processTicks(Self.plain["/proc/self/stat"]!) == 50)
        #expect(ProcFile.startTicks(Self.plain["/proc/self/stat"]!) == 100)
        #expect(ProcFile.startTicks(Self.plain["/proc/self/stat"]!.replacing(" S ", with: " Z ")) == nil)
        #expect(ProcFile.residentPages(Self.plain["/proc/self/statm"]!) == 25)
        #expect(ProcFile.memory(Self.plain["/proc/meminfo"]!)! == (768_000, 1_024_000))
        #expect(ProcFile.boundCPUs("Cpus_allowed:\t3\nCpus_allowed_list:\t0-1,4,10\n") == 4)
        for text in ["", "Cpus_allowed_list:", "Cpus_allowed_list:\t3-1", "Cpus_allowed_list:\tx"] {
            #expect(ProcFile.boundCPUs(text) == nil)
        }
    }

    @Test(arguments: ["", "cpu", "cpu a b c", "\u{0}\u{1}", ")", "1 (x"])
    func survivesBrokenFiles(_ text: String) {
        #expect(ProcFile.cpuTicks(text) == nil)
        #expect(ProcFile.processTicks(text) == nil)
        #expect(ProcFile.startTicks(text) == nil)
        #expect(ProcFile.memory(text) == nil)
    }

    @Test func showsMemoryOfTheHostWithoutCgroup() {
        var probe = HostProbe(files: Self.machine(Self.plain), cpus: 2, ticksPerSecond: 100)
        let sample = probe.sample(nowMicros: 0, loopLagP99Micros: 42)
        #expect(sample.memoryPercent == 75)
        #expect(sample.loopLagP99Micros == 42)
        #expect(sample.cpuPercent == 0)
    }

    @Test func readsTheSecondCgroupVersion() {
        let cgroup = Cgroup(
            Self.machine([
                "/proc/self/cgroup": "0::/ape\n",
                "/sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
                "/sys/fs/cgroup/ape/cgroup.procs": "7\n",
                "/sys/fs/cgroup/ape/cpu.max": "150000 100000\n",
                "/sys/fs/cgroup/ape/cpu.stat": "usage_usec 1234\nuser_usec 1000\n",
                "/sys/fs/cgroup/ape/memory.max": "1000\n",
                "/sys/fs/cgroup/ape/memory.current": "600\n",
                "/sys/fs/cgroup/ape/memory.stat": "anon 1\ninactive_file 100\n",
            ])
        )
        #expect(
            cgroup?.usage() == Cgroup.Usage(cpuMicros: 1234, cpuLimit: 1.5, memoryBytes: 500, memoryLimitBytes: 1000)
        )
    }

    @Test func readsTheFirstCgroupVersionAndItsAbsentLimits() {
        let cgroup = Cgroup(
            Self.machine([
                "/proc/self/cgroup": "4:memory:/a\n3:cpu,cpuacct:/a\n",
                "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "-1\n",
                "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n",
                "/sys/fs/cgroup/cpuacct/a/cpuacct.usage": "5000000\n",
                "/sys/fs/cgroup/memory/a/memory.usage_in_bytes": "600\n",
                "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "9223372036854771712\n",
            ])
        )
        #expect(
            cgroup?.usage() == Cgroup.Usage(cpuMicros: 5000, cpuLimit: nil, memoryBytes: 600, memoryLimitBytes: nil)
        )
    }

    @Test func measuresThisMachine() {
        var probe = HostProbe(cpus: HostFacts.current().cpus)
        _ = probe.sample(nowMicros: 0, loopLagP99Micros: 0)
        var sum: UInt64 = 0
        for number in 0..<3_000_000 as Range<UInt64> { sum = sum &* 31 &+ number }
        let sample = probe.sample(nowMicros: 1_000_000, loopLagP99Micros: 0)
        #expect(sum != 0)
        #expect(sample.memoryPercent > 0 && sample.memoryPercent < 100)
        #expect(sample.processMemoryBytes > 1_000_000)
        #expect((0...100).contains(sample.cpuPercent) && (0...100).contains(sample.processCPUPercent))
    }
}
