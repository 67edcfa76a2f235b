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
        package let part: GapBreakdown.Part
        /// S, the part where there was no waiting yet, in seconds.
        package let time: Estimate
        /// c = Xmax · S.
        package let servers: Estimate
    }

    /// A part of the gap is taken for service alone where the law has less waiting in it than this share.
    private static let leastWaiting = 0.1

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

    /// Of the time that a client measures as service, up to this share may be network and the client's own: the servers
    /// are as many fewer.
    private static let notService = 0.1

    /// The grown part at the smallest stage is service, where next to nobody waited there. Who waits for a first token waits
    /// for a slot of the model, which then generates the whole answer: that is service too.
    private func service(_ greatest: Estimate) -> Service? {
        guard let grown, let smallest = points.first(where: { !$0.parts.isEmpty }), grown.smallest.value > 0 else {
            return nil
        }
        let time = grown.part == .firstToken ? Self.sum(grown.smallest, smallest.parts[.generation]) : grown.smallest
        let waiting = smallest.agents / throughput(atAgents: smallest.agents) - fit.parameters[0]
        guard waiting <= Self.leastWaiting * time.value else { return nil }
        // The two are measured apart, so their squared relative errors add up.
        let spreads = [greatest, time].map { log(max($0.interval.high, $0.value) / $0.value) }
        let factor = exp(spreads.reduce(0) { $0 + $1 * $1 }.squareRoot())
        let servers = greatest.value * time.value
        return Service(
            part: grown.part,
            time: time,
            servers: Estimate(
                value: servers,
                interval: Interval(low: servers / factor * (1 - Self.notService), high: servers * factor)
            )
        )
    }

    /// Of two times, whose errors may go together.
    private static func sum(_ one: Estimate, _ other: Estimate?) -> Estimate {
        guard let other else { return one }
        return Estimate(
            value: one.value + other.value,
            interval: Interval(
                low: one.interval.low + other.interval.low,
                high: one.interval.high + other.interval.high
            )
        )
    }

    /// Throughput with `times` as many servers: no more than N / R0, and no more than they do together.
    func throughput(atAgents agents: Double, servers times: Double) -> Double {
        min(agents / fit.parameters[0], times * fit.parameters[1])
    }
}
