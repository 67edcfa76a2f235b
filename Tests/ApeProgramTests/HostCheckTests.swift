import ApeCore
import Testing

@testable import ApeProgram

/// What is said of hosts that never were.
struct HostCheckTests {
    /// A host as Debian sets it up, with room for 10,000 agents.
    private static let good: HostState = {
        var state = HostState()
        state.files = .init(soft: 1_048_576, hard: 1_048_576)
        state.filesCeiling = 1_048_576
        state.ports = 32_768...60_999
        state.acceptQueue = 4096
        state.timeWaitReuse = 2
        state.tracking = .init(used: 100, limit: 262_144)
        state.memory = .init(totalBytes: 8 << 30, freeBytes: 7 << 30)
        state.cpus = 4
        state.isClockSynchronised = true
        return state
    }()

    /// What the check says of one thing after a change to the good host.
    private func finding(
        _ check: String,
        agents: Int = 10_000,
        _ change: (inout HostState) -> Void = { _ in }
    ) throws -> Finding {
        var state = Self.good
        change(&state)
        let findings = HostCheck(state, HostNeeds(agents: agents)).findings
        return try #require(findings.first { $0.check == check })
    }

    @Test func findsNothingWrongWithAGoodHost() {
        let findings = Findings(HostCheck(Self.good, HostNeeds(agents: 10_000)).findings)
        #expect(findings.list.map(\.level) == Array(repeating: .ok, count: 8))
        #expect(findings.exitCode == .passed)
        #expect(findings.text.string.hasSuffix("\nNothing stands in the way.\n"))
    }

    @Test func asksForAFileForEveryConnectionAndSomeMore() throws {
        let exact = try finding("open_files") { $0.files = .init(soft: 20_256, hard: 20_256) }
        #expect(exact.level == .ok)
        let short = try finding("open_files") { $0.files = .init(soft: 20_255, hard: 20_255) }
        #expect(short.level == .fault)
        #expect(short.fix.contains { $0.hasPrefix("ulimit -n 32768 ") })
        #expect(short.fix.contains { $0.hasPrefix("LimitNOFILE=32768 ") })
        #expect(!short.fix.contains { $0.contains("nr_open") })
    }

    @Test func raisesTheCeilingFirstWhereItIsTooLow() throws {
        let short = try finding("open_files") { state in
            state.files = .init(soft: 1024, hard: 4096)
            state.filesCeiling = 4096
        }
        #expect(short.fix.first == "sysctl -w fs.nr_open=32768")
        #expect(Findings([short]).text.string.contains("/etc/sysctl.d/60-ape.conf"))
    }

    @Test func countsPortsForEachAddress() throws {
        #expect(try finding("local_ports", agents: 14_116).level == .ok)
        #expect(try finding("local_ports", agents: 14_117).level == .warning)
        let short = try finding("local_ports", agents: 28_233)
        #expect(short.level == .fault)
        #expect(short.fix == ["sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\""])
        let all = try finding("local_ports", agents: 64_512) { $0.ports = 1024...65_535 }
        #expect(all.level == .ok)
        #expect(try finding("local_ports", agents: 64_513) { $0.ports = 1024...65_535 }.fix == ["take more hosts"])
    }

    @Test(arguments: [(0, 20_000, Finding.Level.warning), (2, 20_000, .warning), (1, 20_000, .ok), (0, 10_000, .ok)])
    func wantsPortsBackWhereTheyAreFew(_ reuse: Int64, _ agents: Int, _ level: Finding.Level) throws {
        #expect(try finding("time_wait", agents: agents) { $0.timeWaitReuse = reuse }.level == level)
    }

    @Test func wantsAnAcceptQueueAsLongAsARamp() throws {
        #expect(try finding("accept_queue", agents: 128) { $0.acceptQueue = 128 }.level == .ok)
        let short = try finding("accept_queue", agents: 129) { $0.acceptQueue = 128 }
        #expect(short.level == .warning)
        #expect(short.fix == ["sysctl -w net.core.somaxconn=4096"])
    }

    @Test func countsFollowedConnectionsTwice() throws {
        let full = try finding("connection_tracking") { $0.tracking = .init(used: 65_000, limit: 65_536) }
        #expect(full.level == .fault)
        #expect(full.fix == ["sysctl -w net.netfilter.nf_conntrack_max=131072"])
        #expect(try finding("connection_tracking") { $0.tracking = .init(used: 0, limit: 30_000) }.level == .warning)
        var state = Self.good
        state.tracking = nil
        #expect(!HostCheck(state, HostNeeds(agents: 1)).findings.contains { $0.check == "connection_tracking" })
    }

    @Test func leavesTheKPIsShareOfMemoryFree() throws {
        let full = try finding("memory") { $0.memory = .init(totalBytes: 2 << 30, freeBytes: 1 << 30) }
        #expect(full.level == .fault)
        #expect(full.fix == ["take more hosts: about 6280 agents fit on this one"])
        let tight = try finding("memory") { $0.memory = .init(totalBytes: 2 << 30, freeBytes: 1200 << 20) }
        #expect(tight.level == .warning)
    }

    @Test func reckonsWithOneStepASecond() throws {
        #expect(try finding("cpu") { $0.cpus = 2 }.level == .ok)
        let short = try finding("cpu") { $0.cpus = 1 }
        #expect(short.level == .warning)
        #expect(short.fix.first?.contains("about 5333 agents") == true)
    }

    @Test func warnsOfAClockThatNothingKeepsRight() throws {
        #expect(try finding("clock") { $0.isClockSynchronised = false }.fix.first?.contains("set-ntp") == true)
    }

    @Test func saysWhatItCouldNotRead() {
        let findings = Findings(HostCheck(HostState(), HostNeeds(agents: 1)).findings)
        #expect(findings.list.filter { $0.level == .note }.count == 6)
        #expect(findings.exitCode == .passed)
    }

    @Test func tellsProgramsTheSame() throws {
        let findings = Findings([
            Finding("a", .ok, "Well."), Finding("b", .fault, "Ill.", fix: ["mend it"]),
            Finding("c", .warning, "So so."),
        ])
        #expect(findings.exitCode == .failed)
        #expect(findings.summary == "1 fault, 1 warning.")
        let json = findings.json(["agents": 7])
        #expect(json["agents"] == 7)
        #expect(json["passed"]?.bool == false)
        #expect(json["findings"]?[1]?["fix"]?[0]?.string == "mend it")
        #expect(findings.text.string.contains("fault    b  Ill.\n            fix: mend it\n"))
    }
}

/// What is read from the files of machines that never were.
struct HostStateTests {
    private static let files = [
        "/proc/sys/fs/nr_open": "1048576\n",
        "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
        "/proc/sys/net/core/somaxconn": "128\n",
        "/proc/sys/net/ipv4/tcp_tw_reuse": "2\n",
        "/proc/sys/net/netfilter/nf_conntrack_max": "65536\n",
        "/proc/sys/net/netfilter/nf_conntrack_count": "12\n",
        "/proc/self/status": "Name:\tape\nCpus_allowed_list:\t0-1,4,10\n",
        "/proc/meminfo": "MemTotal: 1000 kB\nMemAvailable: 600 kB\n",
    ]

    private func state(_ more: [String: String] = [:]) -> HostState {
        let files = Self.files.merging(more) { $1 }
        return HostState(files: FileReader { files[$0] })
    }

    @Test func readsAHost() {
        let state = state()
        #expect(state.filesCeiling == 1_048_576)
        #expect(state.ports == 32_768...60_999)
        #expect(state.acceptQueue == 128)
        #expect(state.timeWaitReuse == 2)
        #expect(state.tracking == .init(used: 12, limit: 65_536))
        #expect(state.memory == .init(totalBytes: 1_024_000, freeBytes: 614_400))
        #expect(state.cpus == 4)
    }

    @Test func takesTheControlGroupsLimits() {
        let state = state([
            "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
            "/sys/fs/cgroup/cgroup.procs": "1\n", "/sys/fs/cgroup/cpu.max": "50000 100000\n",
            "/sys/fs/cgroup/memory.max": "500000\n", "/sys/fs/cgroup/memory.current": "100000\n",
        ])
        #expect(state.cpus == 0.5)
        #expect(state.memory == .init(totalBytes: 500_000, freeBytes: 400_000))
    }

    @Test(arguments: ["", "1024", "65535 1024", "a b", "1 2 3", "99999999999999999999 1"])
    func leavesOutWhatItCannotRead(_ text: String) {
        #expect(state(["/proc/sys/net/ipv4/ip_local_port_range": text]).ports == nil)
    }

    @Test func readsThisMachine() {
        let state = HostState.current()
        #expect(state.files != nil)
        #expect(state.memory != nil)
        #expect(state.cpus > 0)
    }
}
