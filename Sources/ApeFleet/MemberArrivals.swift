import ApeCore
import ApeWire

/// What a coordinator knows of the arrivals that a worker has taken up: enough for the next one to go on where it ends,
/// should the worker not live to say so itself.
struct MemberArrivals: Sendable {
    /// Agents that it was given, and up to when their arrivals were others' affair: till the stage's start, or later where
    /// they came in mid-stage.
    private struct Given: Sendable {
        var taken: TakenArrivals
        var revision: Int
        /// When it was known that the revision is in force; nil before.
        var inForceBy: FleetTime?
    }

    /// They are kept until one of its windows tells that it has taken them up.
    private var given: [Given] = []
    /// The agents that it was given in the stage that runs, and the stage's timeline.
    private var agents = AgentRanges()
    private var timeline: StageTimeline?
    /// The end of its latest window: arrivals until then were begun by it.
    private var windowEnd: FleetTime?

    /// The worker is given agents.
    ///
    /// - Parameters:
    ///   - granted: the agents.
    ///   - taken: of those of them that others had, up to when they did.
    ///   - revision: the revision that says so.
    ///   - timeline: the stage's.
    mutating func give(_ granted: AgentRanges, _ taken: [TakenArrivals], revision: Int, _ timeline: StageTimeline) {
        if timeline != self.timeline { (self.timeline, agents, given) = (timeline, AgentRanges(), []) }
        let others = taken.reduce(AgentRanges()) { $0.union($1.agents) }
        let new = granted.subtracting(agents).subtracting(others)
        agents = agents.union(granted)
        given = given.compactMap { older in
            var older = older
            older.taken.agents = older.taken.agents.subtracting(others)
            return older.taken.agents.isEmpty ? nil : older
        }
        given += taken.map { Given(taken: $0, revision: revision) }
        if !new.isEmpty {
            given.append(Given(taken: TakenArrivals(agents: new, until: timeline.start), revision: revision))
        }
    }

    /// The worker says that a revision is in force.
    mutating func settle(revision: Int, at now: FleetTime) {
        for index in given.indices where given[index].revision <= revision && given[index].inForceBy == nil {
            given[index].inForceBy = now
        }
    }

    /// A window has come in.
    mutating func see(end: FleetTime, revision: Int) {
        given.removeAll { $0.revision <= revision || $0.inForceBy.map { $0 < end } ?? false }
        windowEnd = max(windowEnd ?? end, end)
    }

    /// What the worker is to be told of its agents.
    func told(of agents: AgentRanges, in timeline: StageTimeline) -> [TakenArrivals] {
        given.map(\.taken).of(agents).filter { $0.until > timeline.start }
    }

    /// Up to when arrivals of agents that it lets go were its affair.
    ///
    /// - Parameters:
    ///   - gone: the agents.
    ///   - told: what the worker itself said of them. Where it had not heard of them yet, it was what it would have been
    ///     told; where it says nothing and has taken them up, it was its latest window's end.
    /// - Returns: of the agents that are known of, no agent twice.
    func until(of gone: AgentRanges, told: [TakenArrivals]) -> [TakenArrivals] {
        var rest = gone
        var until: [TakenArrivals] = []
        for entry in told + given.map(\.taken) {
            let common = entry.agents.intersection(rest)
            guard !common.isEmpty else { continue }
            rest = rest.subtracting(common)
            until += split(common, entry.until)
        }
        // Of agents that it had in an earlier stage alone nothing has been begun.
        rest = rest.intersection(agents)
        if let windowEnd, !rest.isEmpty { until.append(TakenArrivals(agents: rest, until: windowEnd)) }
        return until
    }

    /// Of agents that were given later than this, that holds.
    private func split(_ agents: AgentRanges, _ until: FleetTime) -> [TakenArrivals] {
        var rest = agents
        var parts: [TakenArrivals] = []
        for entry in given where entry.taken.until > until {
            let later = entry.taken.agents.intersection(rest)
            guard !later.isEmpty else { continue }
            rest = rest.subtracting(later)
            parts.append(TakenArrivals(agents: later, until: entry.taken.until))
        }
        return rest.isEmpty ? parts : parts + [TakenArrivals(agents: rest, until: until)]
    }
}

/// The window that came in last of a worker, for a coordinator that takes its run up.
package struct LastWindow: Sendable, Equatable {
    package var end: FleetTime
    /// The revision that was in force when it began.
    package var revision: Int

    package init(end: FleetTime, revision: Int) {
        self.end = end
        self.revision = revision
    }
}
