import ApeMetrics
import ApeRun
import Glibc

extension ScalingLaw {
    /// What a queue's law says.
    package struct Queue: Sendable, Equatable {
        /// R0, the time that an action takes of an agent that never waits, in seconds.
        package let cycle: Estimate
        /// Xmax, what all servers together do, in actions a second.
        package let greatest: Estimate
        /// N* = Xmax · R0, the agents that keep all servers busy.
        package let knee: Estimate
        /// What servers are busy with, and for how long in each action; nil where the gap's parts do not tell.
        package let service: Service?
    }

    /// The servers of a queue.
    package struct Service: Sendable, Equatable {
        /// The parts of the gap in which a server is held: that which grew, and of an answer of the model all of it.
        package let parts: [GapBreakdown.Part]
        /// S, these parts where there was no waiting yet, in seconds.
        package let time: Estimate
        /// c = Xmax · S. S is what agents see, the way to the servers and back included, so that there may be fewer
        /// servers, and the interval begins lower.
        package let servers: Estimate
    }

    /// A part of the gap is taken for service alone where the law has less waiting in it than this share.
    private static let leastWaiting = 0.1

    /// Of the time that a client measures as service, up to this share may be network and the client's own: the servers
    /// are as many fewer.
    private static let notService = 0.1

    /// Nil for contention.
    package var queue: Queue? {
        guard kind == .queue else { return nil }
        let (cycle, greatest) = (parameter(0), parameter(1))
        let slopes = [greatest.value, cycle.value] + fit.parameters.dropFirst(2).map { _ in 0 }
        return Queue(
            cycle: cycle,
            greatest: greatest,
            knee: estimate(greatest.value * cycle.value, slopes: slopes),
            service: service(greatest)
        )
    }

    /// What grew is service at the smallest stage, where next to nobody waited there.
    private func service(_ greatest: Estimate) -> Service? {
        guard let parts = grown?.part.held, let smallest = points.first(where: { !$0.parts.isEmpty }),
            let time = smallest.time(of: parts), time.value > 0
        else { return nil }
        let waiting = smallest.agents / throughput(atAgents: smallest.agents) - fit.parameters[0]
        guard waiting <= Self.leastWaiting * time.value else { return nil }
        // The two are measured apart, so their squared relative errors add up.
        let spreads = [greatest, time].map { log(max($0.interval.high, $0.value) / $0.value) }
        let factor = exp(spreads.reduce(0) { $0 + $1 * $1 }.squareRoot())
        let servers = greatest.value * time.value
        return Service(
            parts: parts,
            time: time,
            servers: Estimate(
                value: servers,
                interval: Interval(low: servers / factor * (1 - Self.notService), high: servers * factor)
            )
        )
    }

    /// Throughput with `times` as many servers: no more than N / R0, and no more than they do together.
    func throughput(atAgents agents: Double, servers times: Double) -> Double {
        min(agents / fit.parameters[0], times * fit.parameters[1])
    }
}
