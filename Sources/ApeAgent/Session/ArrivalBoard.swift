import ApeCore
import ApeMetrics
import Synchronization

/// The sessions that are to begin on this worker, for all of its agents: one that is free takes the earliest of them.
///
/// Agents live by the monotonic clock; arrivals stand at moments of fleet time, which are the same on every worker.
package final class ArrivalBoard: Sendable {
    private struct State {
        var queue = ArrivalQueue()
        var isOn = false
        /// Fleet time minus the monotonic clock.
        var offset = Micros.zero

        func fleetTime(at monotonic: Int64) -> FleetTime { FleetTime(micros: monotonic) + offset }
    }

    /// An arrival that an agent has taken.
    struct Taken: Sendable {
        let ticket: ArrivalQueue.Ticket
        /// When the session is to begin, by the monotonic clock.
        let micros: Int64
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether sessions begin as they arrive; else each agent begins one as soon as its last has ended.
    var isOn: Bool { state.withLock(\.isOn) }

    func take() -> Taken? {
        state.withLock { state in
            state.queue.take().map { ticket, arrival in
                Taken(ticket: ticket, micros: arrival.at.micros.subtractingClamped(state.offset.micros))
            }
        }
    }

    /// Whether a session that was taken may begin; where orders have changed another is to be taken.
    func begin(_ taken: Taken) -> Bool {
        state.withLock { $0.queue.begin(taken.ticket) }
    }

    func giveBack(_ taken: Taken) {
        state.withLock { $0.queue.giveBack(taken.ticket) }
    }

    /// The worker's orders change. Agents that wait for an arrival are to be woken after this.
    ///
    /// - Parameters:
    ///   - schedule: the stage's arrivals; nil where agents work back to back.
    ///   - agents: the numbers that the worker runs from now on.
    ///   - until: for a number that is new here, up to when its arrivals were others' affair.
    ///   - now: the monotonic clock's time.
    ///   - fleetOffset: fleet time minus the monotonic clock.
    /// - Returns: up to when arrivals of numbers that are gone were begun here, or wait here.
    package func apply(
        _ schedule: ArrivalSchedule?,
        agents: some Sequence<Int>,
        until: (Int) -> FleetTime?,
        at now: Int64,
        fleetOffset: Micros
    ) -> FleetTime {
        state.withLock { state in
            state.offset = fleetOffset
            state.isOn = schedule != nil
            return state.queue.apply(schedule, agents: agents, until: until, at: state.fleetTime(at: now))
        }
    }

    /// Nothing begins any more until other orders come.
    ///
    /// - Returns: up to when arrivals were begun here.
    @discardableResult
    package func close() -> FleetTime {
        state.withLock { $0.queue.close() }
    }

    /// Clocks drift: from now on the two differ by this.
    package func align(fleetOffset: Micros) {
        state.withLock { $0.offset = fleetOffset }
    }

    /// How many sessions have arrived since this was asked last, until a moment.
    package func takeDue(until end: FleetTime) -> Int64 {
        state.withLock { $0.queue.takeDue(until: end) }
    }
}
