/// The facts about a host that decide how many agents it can hold. What could not be read is nil.
package struct HostState: Sendable, Equatable {
    /// A limit of files that one process may have open.
    package struct FileLimit: Sendable, Equatable {
        /// What holds now; the programs raise it to ``hard`` when they start.
        package var soft: Int64
        package var hard: Int64

        package init(soft: Int64, hard: Int64) {
            self.soft = soft
            self.hard = hard
        }
    }

    /// The kernel's table of the connections that its packet filter follows.
    package struct Tracking: Sendable, Equatable {
        package var used: Int64
        package var limit: Int64

        package init(used: Int64, limit: Int64) {
            self.used = used
            self.limit = limit
        }
    }

    package struct Memory: Sendable, Equatable {
        /// Of the host, or of the control group that limits this process.
        package var totalBytes: Int64
        package var freeBytes: Int64

        package init(totalBytes: Int64, freeBytes: Int64) {
            self.totalBytes = totalBytes
            self.freeBytes = freeBytes
        }
    }

    package var files: FileLimit?
    /// What no process's hard limit can be raised above: `fs.nr_open`.
    package var filesCeiling: Int64?
    /// The local ports that outgoing connections take: `net.ipv4.ip_local_port_range`.
    package var ports: ClosedRange<Int>?
    /// Connections that may wait to be accepted: `net.core.somaxconn`.
    package var acceptQueue: Int64?
    /// `net.ipv4.tcp_tw_reuse`: 0 never, 1 always, 2 on loopback only.
    package var timeWaitReuse: Int64?
    /// nil where no connection is followed.
    package var tracking: Tracking?
    package var memory: Memory?
    /// CPUs that this process may use, those of its control group where one limits it.
    package var cpus: Double = 1
    /// Whether something keeps the clock right.
    package var isClockSynchronised: Bool?

    package init() {}
}
