/// A form that throughput may take as a function of the agents, up to parameters that a fit finds.
enum ThroughputCurve: Sendable, Equatable {
    /// X = λN.
    case proportional
    /// X = λN / (1 + σ(N − 1)): Amdahl's law.
    case contention
    /// X = λN / (1 + σ(N − 1) + κN(N − 1)): the Universal Scalability Law.
    case coherency
    /// X = min(N / R0, Xmax): nobody waits before all servers are busy.
    case queueBound
    /// A ``QueueNetwork`` of R0 and Xmax with a known share of R0 in service.
    case queue(serviceShare: Double)
    /// A ``QueueNetwork`` of R0, Xmax and the share of R0 in service.
    case roundedQueue

    /// How many parameters a fit finds.
    var parameters: Int {
        switch self {
        case .proportional: 1
        case .contention, .queueBound, .queue: 2
        case .coherency, .roundedQueue: 3
        }
    }

    /// Nil for proportional growth, which is no limit.
    var kind: ScalingLaw.Kind? {
        switch self {
        case .proportional: nil
        case .contention, .coherency: .contention
        case .queueBound, .queue, .roundedQueue: .queue
        }
    }

    /// Actions a second.
    func throughput(atAgents agents: Double, _ parameters: [Double]) -> Double {
        switch self {
        case .proportional: return parameters[0] * agents
        case .contention: return parameters[0] * agents / (1 + parameters[1] * (agents - 1))
        case .coherency:
            return parameters[0] * agents
                / (1 + parameters[1] * (agents - 1) + parameters[2] * agents * (agents - 1))
        case .queueBound: return min(agents / parameters[0], parameters[1])
        case .queue(let share): return network(parameters, share).throughput(atAgents: agents) / parameters[0]
        case .roundedQueue: return network(parameters, parameters[2]).throughput(atAgents: agents) / parameters[0]
        }
    }

    private func network(_ parameters: [Double], _ share: Double) -> QueueNetwork {
        QueueNetwork(knee: parameters[0] * parameters[1], serviceShare: share)
    }

    /// The derivatives of throughput by each parameter.
    func slopes(atAgents agents: Double, _ parameters: [Double]) -> [Double] {
        switch self {
        case .proportional: return [agents]
        case .contention, .coherency:
            let kappa = parameters.count > 2 ? parameters[2] : 0
            let divisor = 1 + parameters[1] * (agents - 1) + kappa * agents * (agents - 1)
            let common = -parameters[0] * agents / (divisor * divisor)
            let slopes = [agents / divisor, common * (agents - 1), common * agents * (agents - 1)]
            return Array(slopes.prefix(parameters.count))
        case .queueBound, .queue, .roundedQueue:
            return parameters.indices.map { index in
                let step = 1e-4 * parameters[index]
                guard step > 0 else { return 0 }
                var (below, above) = (parameters, parameters)
                below[index] -= step
                above[index] += step
                let difference = throughput(atAgents: agents, above) - throughput(atAgents: agents, below)
                return difference / (2 * step)
            }
        }
    }
}
