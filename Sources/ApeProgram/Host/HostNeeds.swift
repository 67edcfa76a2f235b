/// What agents ask of the host that runs them. The figures are those that APE's own benchmarks hold a worker to, with
/// room beside them.
package struct HostNeeds: Sendable, Equatable {
    /// Files of a worker that are no agent's connections: logs, event loops, the control channel, libraries.
    static let ownFiles = 256
    /// Of a worker without agents.
    static let ownMemoryBytes: Int64 = 128 << 20
    /// Of an agent: its conversation, its connections, and what TLS keeps for each.
    static let agentMemoryBytes: Int64 = 96 << 10
    /// CPU time of one step, a decision and an action, in seconds.
    static let stepSeconds = 0.000_15
    /// The most ports that there are for outgoing connections: those below 1024 are services'.
    static let mostPorts = 65_535 - 1_024 + 1

    /// Agents on this host.
    package var agents: Int
    /// One for each target and one for the inference endpoint.
    package var connectionsPerAgent: Int

    package init(agents: Int, connectionsPerAgent: Int = 2) {
        self.agents = agents
        self.connectionsPerAgent = connectionsPerAgent
    }

    var connections: Int64 { Int64(agents) * Int64(connectionsPerAgent) }
    var files: Int64 { connections + Int64(Self.ownFiles) }
    var memoryBytes: Int64 { Int64(agents) * Self.agentMemoryBytes + Self.ownMemoryBytes }
    /// Where every agent makes one step a second.
    var cpus: Double { Double(agents) * Self.stepSeconds }

    /// Agents that memory holds.
    static func agents(inMemory bytes: Int64) -> Int {
        max(0, Int((bytes - ownMemoryBytes) / agentMemoryBytes))
    }
}
