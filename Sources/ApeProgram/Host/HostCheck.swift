import ApeCore

/// Checks whether a host can carry its agents, and says how to fix it where it cannot.
package struct HostCheck: Sendable {
    /// The shares of memory and of CPU that the KPIs allow.
    static let memoryShare = 0.85
    static let cpuShare = 0.8

    let state: HostState
    let needs: HostNeeds

    package init(_ state: HostState, _ needs: HostNeeds) {
        self.state = state
        self.needs = needs
    }

    /// One finding for each check.
    package var findings: [Finding] {
        [openFiles, ports, timeWait, acceptQueue, tracking, memory, cpu, clock].compactMap { $0 }
    }

    private var openFiles: Finding {
        let check = "open_files"
        guard let limit = state.files else { return Finding(check, .note, "The limit of open files cannot be read.") }
        let need = "\(needs.agents.counting("agent")) need \(needs.files)"
        guard limit.soft < needs.files else {
            return Finding(check, .ok, "A process may have \(limit.soft) files open; \(need).")
        }
        let wanted = Self.roundedUp(needs.files)
        var fix: [String] = []
        if let ceiling = state.filesCeiling, ceiling < wanted { fix.append("sysctl -w fs.nr_open=\(wanted)") }
        fix.append("ulimit -n \(wanted)    as root, in the shell that starts the program")
        fix.append("LimitNOFILE=\(wanted)    in a systemd unit")
        return Finding(
            check,
            .fault,
            "A process may have \(limit.soft) files open (hard limit \(limit.hard)); \(need), as every connection is one.",
            fix: fix
        )
    }

    private var memory: Finding {
        let check = "memory"
        guard let memory = state.memory else { return Finding(check, .note, "The host's memory cannot be read.") }
        let figures = "\(Self.mib(memory.freeBytes)) of \(Self.mib(memory.totalBytes)) are free"
        let need = "\(needs.agents.counting("agent")) need \(Self.mib(needs.memoryBytes))"
        let usable = memory.freeBytes.subtractingClamped(
            Int64(saturating: Double(memory.totalBytes) * (1 - Self.memoryShare))
        )
        guard needs.memoryBytes > usable else { return Finding(check, .ok, "\(figures); \(need).") }
        let fits = HostNeeds.agents(inMemory: usable)
        let fix = ["take more hosts: about \(fits) agents fit on this one"]
        if needs.memoryBytes > memory.freeBytes { return Finding(check, .fault, "\(figures); \(need).", fix: fix) }
        let message = "\(figures); \(need), which takes memory over the \(Int(Self.memoryShare * 100)) % of the KPI."
        return Finding(check, .warning, message, fix: fix)
    }

    private var cpu: Finding {
        let check = "cpu"
        let figures = "\(Self.short(state.cpus)) CPUs may be used"
        let need = "\(needs.agents.counting("agent")) that act once a second need about \(Self.short(needs.cpus))"
        let usable = state.cpus * Self.cpuShare
        guard needs.cpus > usable else { return Finding(check, .ok, "\(figures); \(need).") }
        let fits = Int(saturating: usable / HostNeeds.stepSeconds)
        return Finding(
            check,
            .warning,
            "\(figures); \(need), which is over the \(Int(Self.cpuShare * 100)) % of the KPI.",
            fix: ["take more hosts: about \(fits) agents fit on this one; or let users think longer, with pacing.think"]
        )
    }

    private var clock: Finding {
        let check = "clock"
        guard let isSynchronised = state.isClockSynchronised else {
            return Finding(check, .note, "The state of the clock cannot be read.")
        }
        if isSynchronised { return Finding(check, .ok, "The clock is kept right.") }
        return Finding(
            check,
            .warning,
            "Nothing keeps the clock right: the times of reports and the check of certificates rest on it; what is "
                + "measured does not.",
            fix: ["timedatectl set-ntp true    or: apt-get install chrony"]
        )
    }
}

extension HostCheck {
    /// The next power of two.
    static func roundedUp(_ number: Int64) -> Int64 {
        var power: Int64 = 1024
        while power < number, power < 1 << 62 { power *= 2 }
        return power
    }

    private static func mib(_ bytes: Int64) -> String { "\(bytes >> 20) MiB" }

    /// The number with at most one digit after the point, rounded up.
    private static func short(_ number: Double) -> String {
        let tenths = (number * 10).rounded(.up)
        return tenths.truncatingRemainder(dividingBy: 10) == 0 ? "\(Int(saturating: tenths / 10))" : "\(tenths / 10)"
    }
}
