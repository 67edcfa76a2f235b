import ApeCore

extension HostCheck {
    /// The accept queue that is enough for all agents connecting within one ramp.
    static let acceptQueueLength: Int64 = 4096

    /// Whether ports run short without kept-alive connections: each that ends keeps its port for a minute.
    private var isTight: Bool {
        state.ports.map { $0.count < 2 * needs.agents } ?? false
    }

    /// Each agent needs one port for each address. Connections to different addresses may share a port.
    var ports: Finding {
        let check = "local_ports"
        guard let ports = state.ports else { return Finding(check, .note, "The range of local ports cannot be read.") }
        let range = "\(ports.count) local ports (\(ports.lowerBound) to \(ports.upperBound))"
        let fix = ["sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\""]
        if needs.agents > HostNeeds.mostPorts {
            return Finding(
                check,
                .fault,
                "One address of a target takes at most \(HostNeeds.mostPorts) connections from one of this host's; "
                    + "\(needs.agents) agents are too many for it.",
                fix: ["take more hosts"]
            )
        }
        if ports.count < needs.agents {
            let message = "There are \(range); \(needs.agents.counting("agent")) need one each to every address."
            return Finding(check, .fault, message, fix: fix)
        }
        if isTight, ports.count < HostNeeds.mostPorts {
            return Finding(
                check,
                .warning,
                "There are \(range) for \(needs.agents.counting("agent")): enough only while connections are kept alive, "
                    + "as one that ends keeps its port for a minute.",
                fix: fix
            )
        }
        return Finding(check, .ok, "There are \(range) for \(needs.agents.counting("agent")).")
    }

    var timeWait: Finding {
        let check = "time_wait"
        guard let reuse = state.timeWaitReuse else {
            return Finding(check, .note, "net.ipv4.tcp_tw_reuse cannot be read.")
        }
        guard reuse != 1, isTight else {
            let way = reuse == 1 ? "are used again at once" : "rest for a minute, and there are enough others"
            return Finding(check, .ok, "Ports of connections that ended \(way).")
        }
        return Finding(
            check,
            .warning,
            "Ports of connections that ended rest for a minute\(reuse == 2 ? ", but on loopback" : "")"
                + ", and there are few others.",
            fix: ["sysctl -w net.ipv4.tcp_tw_reuse=1"]
        )
    }

    var acceptQueue: Finding {
        let check = "accept_queue"
        guard let queue = state.acceptQueue else { return Finding(check, .note, "net.core.somaxconn cannot be read.") }
        let wanted = min(Self.acceptQueueLength, Int64(needs.agents))
        guard queue < wanted else {
            return Finding(check, .ok, "\(queue) connections may wait for a server on this host to accept them.")
        }
        return Finding(
            check,
            .warning,
            "Only \(queue) connections may wait for a server on this host to accept them: a coordinator, a demo or a "
                + "target here turns agents away where they come fast.",
            fix: ["sysctl -w net.core.somaxconn=\(Self.acceptQueueLength)"]
        )
    }

    /// nil where connections are not tracked.
    var tracking: Finding? {
        guard let tracking = state.tracking else { return nil }
        let check = "connection_tracking"
        let free = max(0, tracking.limit.subtractingClamped(tracking.used))
        let figures = "The packet filter follows up to \(tracking.limit) connections, \(tracking.used) now"
        // A connection keeps its entry for two minutes after its end.
        let wanted = needs.connections.multipliedClamped(by: 2)
        guard wanted > free else {
            return Finding(check, .ok, "\(figures); \(needs.agents.counting("agent")) add up to \(wanted).")
        }
        let isFault = needs.connections > free
        return Finding(
            check,
            isFault ? .fault : .warning,
            "\(figures); \(needs.agents.counting("agent")) add up to \(wanted), and packets of what finds no place are "
                + "dropped.",
            fix: ["sysctl -w net.netfilter.nf_conntrack_max=\(Self.roundedUp(tracking.used.addingClamped(wanted)))"]
        )
    }
}
