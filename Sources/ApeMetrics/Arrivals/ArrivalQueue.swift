import ApeCore

/// The arrivals of the numbers that a worker runs: which session is next, which are late, and how many there have been.
///
/// An agent that is free takes the earliest arrival that nobody has taken, waits for it, and begins. So whatever number
/// an arrival is of, it is late only while every agent of the worker is at work. What an agent has taken and not begun
/// goes back where the worker's orders change.
package struct ArrivalQueue: Sendable {
    /// Arrivals that are kept of numbers which are gone, or of an earlier stage; past that they are only counted.
    static let maximumWaiting = 100_000

    private var schedule: ArrivalSchedule?
    /// Each number's arrivals that nobody has taken.
    private var numbers: [Int: AgentArrivals] = [:]
    /// The first of each.
    private var upcoming = ArrivalHeap()
    /// Each number's arrivals that have not been counted as due.
    private var uncounted: [Int: AgentArrivals] = [:]
    /// Up to when the arrivals of numbers that went in this stage were begun here: a number may come back at once.
    private var left: [Int: FleetTime] = [:]
    /// Arrivals that were taken and given back, and those of numbers or stages that are gone.
    private var waiting = ArrivalHeap()
    private var taken: [Ticket: Arrival] = [:]
    private var lastTicket = 0
    /// Counted, and not asked for yet.
    private var due: Int64 = 0
    /// Arrivals before this moment were begun, or were others' affair; but for what waits.
    private var begunUntil = FleetTime.distantPast
    /// Nothing is begun here for now.
    private var isClosed = false

    /// What an agent has in hand that has taken an arrival.
    package typealias Ticket = Int

    package init() {}

    /// Whether sessions begin as they arrive.
    package var isOpen: Bool { schedule != nil && !isClosed }

    /// The worker's orders change.
    ///
    /// - Parameters:
    ///   - schedule: the stage's arrivals; nil where agents work back to back.
    ///   - agents: the numbers that the worker runs from now on.
    ///   - until: for a number that is new here, up to when its arrivals were others' affair; nil for none.
    ///   - now: fleet time.
    /// - Returns: up to when arrivals of numbers that it no longer runs were begun here, or wait here; those from then on
    ///   are the next one's.
    package mutating func apply(
        _ schedule: ArrivalSchedule?,
        agents: some Sequence<Int>,
        until: (Int) -> FleetTime?,
        at now: FleetTime
    ) -> FleetTime {
        let wanted = Set(agents)
        // Where nobody is left to begin what has arrived, it is the next one's with all that follows.
        let end = isClosed || wanted.isEmpty ? begunUntil : max(now, begunUntil)
        recall()
        if schedule == self.schedule {
            let gone = numbers.keys.filter { !wanted.contains($0) }
            drop(gone, at: end)
            for number in gone { left[number] = end }
        } else {
            // Of the earlier stage only what has arrived before the next one's start is kept.
            drop(Array(numbers.keys), at: min(end, schedule?.timeline.start ?? end))
            begunUntil = schedule?.timeline.start ?? .distantPast
            left = [:]
        }
        self.schedule = schedule
        isClosed = false
        guard let schedule else {
            waiting = ArrivalHeap()
            return end
        }
        for number in wanted {
            if numbers[number] == nil {
                numbers[number] = schedule.arrivals(ofAgent: number)
                uncounted[number] = numbers[number]
            }
            let moments = [until(number), left.removeValue(forKey: number)].compactMap(\.self)
            if let until = moments.max() { skip(number, to: until, schedule) }
        }
        upcoming = ArrivalHeap(numbers.values.compactMap { Self.arrival($0, schedule) })
        return end
    }

    /// Nothing is begun here any more, until other orders come. What agents have taken and not begun goes back.
    ///
    /// - Returns: up to when arrivals were begun here.
    @discardableResult
    package mutating func close() -> FleetTime {
        recall()
        if !isClosed { count(until: begunUntil) }
        isClosed = true
        return begunUntil
    }

    private mutating func recall() {
        for arrival in taken.values { waiting.add(arrival) }
        taken = [:]
    }

    /// Others have taken up a number's arrivals before a moment.
    private mutating func skip(_ number: Int, to until: FleetTime, _ schedule: ArrivalSchedule) {
        let offset = (until - schedule.timeline.start).micros
        guard offset > 0 else { return }
        numbers[number]?.advance(to: offset, schedule)
        uncounted[number]?.advance(to: offset, schedule)
        begunUntil = max(begunUntil, until)
        let stage = schedule.timeline.stage
        guard waiting.all.contains(where: { $0.agent == number && $0.stage == stage && $0.at < until }) else { return }
        waiting = ArrivalHeap(waiting.all.filter { $0.agent != number || $0.stage != stage || $0.at >= until })
    }

    /// Forgets numbers but for what has arrived of them by a moment and was not begun.
    private mutating func drop(_ gone: [Int], at end: FleetTime) {
        guard let schedule, !gone.isEmpty else { return }
        let dropped = Set(gone)
        if waiting.first != nil {
            waiting = ArrivalHeap(
                waiting.all.filter {
                    $0.at < end || $0.stage != schedule.timeline.stage || !dropped.contains($0.agent)
                }
            )
        }
        for number in gone {
            count(number, until: end)
            uncounted[number] = nil
            guard var arrivals = numbers.removeValue(forKey: number) else { continue }
            while let arrival = Self.arrival(arrivals, schedule), arrival.at < end,
                waiting.count < Self.maximumWaiting
            {
                waiting.add(arrival)
                arrivals.advance(schedule)
            }
        }
    }

    private static func arrival(_ arrivals: AgentArrivals, _ schedule: ArrivalSchedule) -> Arrival? {
        arrivals.next.map {
            Arrival(
                stage: schedule.timeline.stage,
                agent: arrivals.agent,
                at: schedule.timeline.start + Micros($0)
            )
        }
    }
}

// MARK: Counting

extension ArrivalQueue {
    /// How many have arrived since this was asked last, until a moment, which is left out.
    package mutating func takeDue(until end: FleetTime) -> Int64 {
        if !isClosed { count(until: end) }
        defer { due = 0 }
        return due
    }

    private mutating func count(until end: FleetTime) {
        for number in Array(uncounted.keys) { count(number, until: end) }
    }

    private mutating func count(_ number: Int, until end: FleetTime) {
        guard let schedule else { return }
        let offset = (end - schedule.timeline.start).micros
        due = due.addingClamped(uncounted[number]?.advance(to: offset, schedule) ?? 0)
    }
}

// MARK: Taking

extension ArrivalQueue {
    /// Takes the earliest arrival that nobody has; nil where there is none.
    package mutating func take() -> (ticket: Ticket, arrival: Arrival)? {
        guard let schedule, !isClosed else { return nil }
        let isWaiting = waiting.first.map { first in upcoming.first.map { first < $0 } ?? true } ?? false
        guard let arrival = isWaiting ? waiting.removeFirst() : upcoming.removeFirst() else { return nil }
        if !isWaiting {
            numbers[arrival.agent]?.advance(schedule)
            if let next = numbers[arrival.agent].flatMap({ Self.arrival($0, schedule) }) { upcoming.add(next) }
        }
        lastTicket += 1
        taken[lastTicket] = arrival
        return (lastTicket, arrival)
    }

    /// The session begins.
    ///
    /// - Returns: false where orders have changed since the arrival was taken: then another is to be taken.
    package mutating func begin(_ ticket: Ticket) -> Bool {
        guard let arrival = taken.removeValue(forKey: ticket) else { return false }
        begunUntil = max(begunUntil, arrival.at + Micros(1))
        return true
    }

    /// The agent cannot begin it after all.
    package mutating func giveBack(_ ticket: Ticket) {
        if let arrival = taken.removeValue(forKey: ticket) { waiting.add(arrival) }
    }
}
