import ApeCore

/// How a KPI is measured.
///
/// With ``KPIKey``, which says everything else of a KPI, this is all that a new one needs: the judge, the comparison of
/// two runs and the replay go by it.
package enum KPIMeasure: Sendable, Equatable {
    /// The mean of a series over the holds of the stages that the KPI concerns, without their warm-up.
    case mean(JudgedSeries)
    /// The mean time that agents take to start, over all phases of all stages.
    case startup
    /// The share of successful stateful sessions of the completed ones, in all holds.
    case successfulSessions
    /// The greatest number of agents that were active throughout a hold.
    case concurrentAgents
    /// The mean use of the worst worker host in the largest stage.
    case host(HostResource)

    /// What of a worker's host is measured.
    package enum HostResource: Sendable, Equatable {
        case memory
        case cpu

        var noun: String { self == .memory ? "memory" : "CPU" }

        var gauge: KeyPath<WorkerStage, HostGauge> { self == .memory ? \.memory : \.cpu }
    }
}

extension KPIKey {
    /// How it is measured.
    package var measure: KPIMeasure {
        switch self {
        case .mtbaThreshold, .mtbaHighLoad: .mean(.gap)
        case .cognitiveLatencyTTFT: .mean(.ttft)
        case .successfulStatefulSessions: .successfulSessions
        case .maxConcurrentAgents: .concurrentAgents
        case .agentStartupTime: .startup
        case .systemMemoryEfficiency: .host(.memory)
        case .systemCPUEfficiency: .host(.cpu)
        }
    }

    /// The KPIs that are the mean of a series.
    package static func means(of series: JudgedSeries) -> [KPIKey] { allCases.filter { $0.measure == .mean(series) } }
}
