/// The eight targets by their keys in reports and scenarios.
///
/// A KPI is declared in two places: here with everything that is said of it, and in ApeRun's `KPIMeasure`, which says
/// how it is measured.
package enum KPIKey: String, Sendable, CaseIterable, Hashable {
    case mtbaThreshold = "mtba_threshold"
    case mtbaHighLoad = "mtba_high_load"
    case cognitiveLatencyTTFT = "cognitive_latency_ttft"
    case successfulStatefulSessions = "successful_stateful_sessions"
    case maxConcurrentAgents = "max_concurrent_agents"
    case agentStartupTime = "agent_startup_time"
    case systemMemoryEfficiency = "system_memory_efficiency"
    case systemCPUEfficiency = "system_cpu_efficiency"

    /// From this number of agents on, a stage is one of high load.
    static let highLoadAgents = 500

    /// Everything that is said of a KPI, but for how it is measured.
    package var definition: KPIDefinition {
        switch self {
        case .mtbaThreshold:
            KPIDefinition(
                condition: .below(1.0, .seconds),
                isCritical: true,
                title: "Mean time between actions, stages under 500 agents",
                shortTitle: "MTBA, under 500 agents",
                agents: 0..<Self.highLoadAgents
            )
        case .mtbaHighLoad:
            KPIDefinition(
                condition: .below(1.5, .seconds),
                isCritical: true,
                title: "Mean time between actions, stages of 500 agents and more",
                shortTitle: "MTBA, 500 agents and more",
                agents: Self.highLoadAgents..<Int.max
            )
        case .cognitiveLatencyTTFT:
            KPIDefinition(
                condition: .below(2.0, .seconds),
                isCritical: true,
                title: "Mean time to first token",
                shortTitle: "TTFT, mean"
            )
        case .successfulStatefulSessions:
            KPIDefinition(
                condition: .atLeast(85, .percent),
                isCritical: true,
                title: "Successful stateful sessions of completed sessions",
                shortTitle: "Successful stateful sessions",
                optimizationName: "successful_stateful_sessions_percentage"
            )
        case .maxConcurrentAgents:
            KPIDefinition(
                condition: .atLeast(1000, .agents),
                isCritical: true,
                title: "Greatest achieved concurrent agents",
                shortTitle: "Concurrent agents"
            )
        case .agentStartupTime:
            KPIDefinition(
                condition: .below(30, .seconds),
                title: "Mean agent startup time",
                shortTitle: "Agent startup, mean"
            )
        case .systemMemoryEfficiency:
            KPIDefinition(
                condition: .below(85, .percent),
                title: "Memory in use, worst worker host, largest stage",
                shortTitle: "Memory in use"
            )
        case .systemCPUEfficiency:
            KPIDefinition(
                condition: .below(80, .percent),
                title: "CPU in use, worst worker host, largest stage",
                shortTitle: "CPU in use"
            )
        }
    }

    /// Its name in the optimisation report: the key, but for the one that the original has another name for.
    package var optimizationName: String { definition.optimizationName ?? rawValue }

    /// Whether a stage of so many agents is one that this KPI is judged on.
    package func concerns(agents: Int) -> Bool { definition.agents.contains(agents) }
}

/// What is said of a KPI: its default target and its names.
package struct KPIDefinition: Sendable {
    let condition: Condition
    /// A failed critical target fails the run.
    var isCritical = false
    /// What is measured, for people.
    let title: String
    /// A few words for a table.
    let shortTitle: String
    /// The original's name for it in the optimisation report, where that is not the key.
    var optimizationName: String?
    /// The stages that it is judged on, by their number of agents.
    package var agents = 0..<Int.max

    /// The side of the default value on which a measured value passes.
    enum Condition: Sendable {
        case below(Double, KPITarget.Unit)
        case atLeast(Double, KPITarget.Unit)
    }
}
