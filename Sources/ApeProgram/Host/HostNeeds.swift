import ApeCore

/// The resources that agents need of their host. The figures are the limits of APE's own benchmarks, with a margin.
package struct HostNeeds: Sendable, Equatable {
    /// The open files of a worker besides agents' connections: logs, event loops, the control connection, libraries.
    static let ownFiles = 256
    /// The memory of a worker without agents.
    static let ownMemoryBytes: Int64 = 128 << 20
    /// The memory of an agent: its conversation, its connections, and the TLS state of each.
    static let agentMemoryBytes: Int64 = 96 << 10
    /// The CPU time of one step (a decision and an action), in seconds.
    static let stepSeconds = 0.000_15
    /// The most ports for outgoing connections. Ports below 1024 are reserved for services.
    static let mostPorts = 65_535 - 1_024 + 1

    /// The number of agents on this host.
    package var agents: Int
    /// One for each target and one for the inference endpoint.
    package var connectionsPerAgent: Int

    package init(agents: Int, connectionsPerAgent: Int = 2) {
        self.agents = agents
        self.connectionsPerAgent = connectionsPerAgent
    }

    var connections: Int64 { Int64(agents).multipliedClamped(by: Int64(connectionsPerAgent)) }
    var files: Int64 { connections.addingClamped(Int64(Self.ownFiles)) }
    var memoryBytes: Int64 {
        Int64(agents).multipliedClamped(by: Self.agentMemoryBytes).addingClamped(Self.ownMemoryBytes)
    }
    /// The CPUs that are needed when every agent makes one step a second.
    var cpus: Double { Double(agents) * Self.stepSeconds }

    /// The number of agents that fit into so much memory.
    static func agents(inMemory bytes: Int64) -> Int {
        max(0, Int(bytes.subtractingClamped(ownMemoryBytes) / agentMemoryBytes))
    }
}
