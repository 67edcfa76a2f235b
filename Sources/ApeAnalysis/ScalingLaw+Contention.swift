import ApeMetrics
import ApeRun

extension ScalingLaw {
    /// Actions a second of a single agent; of a queue 1 / R0.
    package var lambda: Estimate {
        guard kind == .queue else { return parameter(0) }
        let cycle = parameter(0)
        return Estimate(
            value: 1 / cycle.value,
            interval: Interval(low: 1 / cycle.interval.high, high: 1 / cycle.interval.low)
        )
    }

    /// Contention; nil for a queue.
    package var sigma: Estimate? { kind == .contention ? parameter(1) : nil }

    /// Coherency; nil for a queue, and where the stages are explained without it.
    package var kappa: Estimate? { fit.curve == .coherency ? parameter(2) : nil }

    /// Whether agents cost each other time beyond doubt: the interval of ``kappa`` excludes 0.
    package var isCoherent: Bool { kappa.map { $0.interval.low > 0 } ?? false }

    /// The agents at which throughput is greatest, √((1 − σ) / κ); nil where it grows as far as the law reaches, or
    /// the stages do not show for certain that it falls.
    package var peakAgents: Estimate? {
        guard isCoherent, let sigma = sigma?.value, let kappa = kappa?.value, sigma < 1 else { return nil }
        let peak = ((1 - sigma) / kappa).squareRoot()
        guard (1...reach).contains(peak) else { return nil }
        return estimate(peak, slopes: [0, -peak / (2 * (1 - sigma)), -peak / (2 * kappa)])
    }

    /// The greatest throughput, in actions a second: that at the peak, Xmax of a queue, or the limit λ / σ of contention
    /// alone; nil where throughput grows as far as the law reaches.
    package var peakThroughput: Estimate? {
        if let queue { return queue.greatest }
        if let peak = peakAgents?.value {
            // At the peak throughput does not change with the agents, so only the parameters' own slopes count.
            return estimate(throughput(atAgents: peak), slopes: fit.curve.slopes(atAgents: peak, fit.parameters))
        }
        guard fit.curve == .contention, let sigma = sigma?.value, sigma > 0 else { return nil }
        let limit = lambda.value / sigma
        return estimate(limit, slopes: [1 / sigma, -limit / sigma])
    }

    /// Throughput with half the contention, or half the coherency.
    func throughput(atAgents agents: Double, halving index: Int) -> Double {
        var parameters = fit.parameters
        parameters[index] /= 2
        return fit.curve.throughput(atAgents: agents, parameters)
    }

    /// A parameter: of contention never below 0, of a queue always above.
    func parameter(_ index: Int) -> Estimate {
        let value = fit.parameters[index]
        guard kind == .queue else { return Estimate(value: value, interval: fit.interval(ofParameter: index)) }
        return estimate(value, slopes: fit.parameters.indices.map { $0 == index ? 1 : 0 })
    }

    func estimate(_ value: Double, slopes: [Double]) -> Estimate {
        Estimate(value: value, interval: fit.interval(of: value, slopes: slopes))
    }
}
