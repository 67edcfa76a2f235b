/// The eight targets by their keys in reports and scenarios.
package enum KPIKey: String, Sendable, CaseIterable, Hashable {
    case mtbaThreshold = "mtba_threshold"
    case mtbaHighLoad = "mtba_high_load"
    case cognitiveLatencyTTFT = "cognitive_latency_ttft"
    case successfulStatefulSessions = "successful_stateful_sessions"
    case maxConcurrentAgents = "max_concurrent_agents"
    case agentStartupTime = "agent_startup_time"
    case systemMemoryEfficiency = "system_memory_efficiency"
    case systemCPUEfficiency = "system_cpu_efficiency"
}

/// One of the eight targets: what it is measured against, and in which direction it passes.
package struct KPITarget: Sendable, Equatable {
    package var key: KPIKey
    /// The value in force: the scenario's, or else the default.
    package var value: Double
    package var defaultValue: Double
    package var unit: Unit
    package var direction: Direction
    /// A failed critical target fails the run.
    package var isCritical: Bool

    package enum Unit: String, Sendable {
        case seconds
        case percent
        case agents
    }

    package enum Direction: String, Sendable {
        case below = "<"
        case atLeast = ">="
    }

    /// Whether a measured value meets the target.
    package func passes(_ measured: Double) -> Bool {
        switch direction {
        case .below: measured < value
        case .atLeast: measured >= value
        }
    }

    /// The target of `key`, with the scenario's own value where it gives one.
    package init(_ key: KPIKey, override: Double? = nil) {
        self.key = key
        switch key {
        case .mtbaThreshold: (defaultValue, unit, direction, isCritical) = (1.0, .seconds, .below, true)
        case .mtbaHighLoad: (defaultValue, unit, direction, isCritical) = (1.5, .seconds, .below, true)
        case .cognitiveLatencyTTFT: (defaultValue, unit, direction, isCritical) = (2.0, .seconds, .below, true)
        case .successfulStatefulSessions: (defaultValue, unit, direction, isCritical) = (85, .percent, .atLeast, true)
        case .maxConcurrentAgents: (defaultValue, unit, direction, isCritical) = (1000, .agents, .atLeast, true)
        case .agentStartupTime: (defaultValue, unit, direction, isCritical) = (30, .seconds, .below, false)
        case .systemMemoryEfficiency: (defaultValue, unit, direction, isCritical) = (85, .percent, .below, false)
        case .systemCPUEfficiency: (defaultValue, unit, direction, isCritical) = (80, .percent, .below, false)
        }
        value = override ?? defaultValue
    }
}
