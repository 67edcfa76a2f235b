/// The facts about a host that decide how many agents it can carry. Facts that could not be read are nil.
package struct HostState: Sendable, Equatable {
    /// The limits of open files in one process.
    struct FileLimit: Sendable, Equatable {
        /// The limit in force. The programs raise it to ``hard`` when they start.
        var soft: Int64
        var hard: Int64
    }

    /// The kernel's connection tracking table.
    struct Tracking: Sendable, Equatable {
        var used: Int64
        var limit: Int64
    }

    struct Memory: Sendable, Equatable {
        /// The memory of the host, or of the control group that limits this process.
        var totalBytes: Int64
        var freeBytes: Int64
    }

    var files: FileLimit?
    /// The highest possible hard limit of open files: `fs.nr_open`.
    var filesCeiling: Int64?
    /// The local ports of outgoing connections: `net.ipv4.ip_local_port_range`.
    var ports: ClosedRange<Int>?
    /// The most connections that wait to be accepted: `net.core.somaxconn`.
    var acceptQueue: Int64?
    /// `net.ipv4.tcp_tw_reuse`: 0 never, 1 always, 2 on loopback only.
    var timeWaitReuse: Int64?
    /// nil where connections are not tracked.
    var tracking: Tracking?
    var memory: Memory?
    /// The number of CPUs that this process may use: those that it is bound to, or fewer by its control group.
    var cpus: Double = 1
    /// Whether the clock is synchronised.
    var isClockSynchronised: Bool?
}
