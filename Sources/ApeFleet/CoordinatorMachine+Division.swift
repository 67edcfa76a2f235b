import ApeCore
import ApeWire

/// Who is to run how many of the stage's agents.
///
/// Agents come only to workers that are there. One that is away keeps what it has, for its lease may go on; what its share
/// lacks goes to the others until it is back or lost, and waits where they have no room.
extension CoordinatorMachine {
    /// Sets what everybody is to run in the end.
    mutating func divide(_ planned: Int) {
        let eligible = members.indices.filter { members[$0].isEligible }
        let rooms = rooms(eligible)
        let total = min(planned, capacity(of: rooms))
        let owned = owned(by: eligible)
        let stage = AgentRanges(0..<total)
        let most = zip(eligible, owned).map { members[$0].takesAgents ? nil : $1.intersection(stage).count }
        let shares = Split.shares(of: total, among: rooms, atMost: most)
        let wanted = Split.divide(total, shares: shares, owned: owned)
        for index in members.indices { members[index].wanted = AgentRanges() }
        for (index, agents) in zip(eligible, wanted) { members[index].wanted = agents }
        fleetAgents = total
        awaitsReturn = most.contains { $0 != nil }
        tellRoomless(total - shares.reduce(0, +))
    }

    /// What everybody may keep: what was wanted for it, and for one that is away all that it has and nobody else is to get.
    private func owned(by eligible: [Int]) -> [AgentRanges] {
        guard eligible.contains(where: { !members[$0].takesAgents }) else { return eligible.map { members[$0].wanted } }
        let wanted = AgentRanges(members.flatMap(\.wanted.ranges))
        return eligible.map { index in
            let member = members[index]
            if member.takesAgents { return member.wanted }
            return member.held.intersection(member.wanted).union(member.held.subtracting(wanted))
        }
    }

    /// Tells of agents that the fleet has room for, but not where a worker is there.
    private mutating func tellRoomless(_ agents: Int) {
        guard agents != roomless else { return }
        roomless = agents
        guard agents > 0 else { return }
        log(
            .warning,
            "Agents wait for a worker that is away to be back or lost: no other has room for them",
            ["agents": "\(agents)"]
        )
    }

    /// Weights are the workers' own limits where all of them give one, and else their processors.
    private func rooms(_ eligible: [Int]) -> [Split.Room] {
        let allLimited = eligible.allSatisfy { members[$0].capacity.maxAgents != nil }
        return eligible.map { index in
            let capacity = members[index].capacity
            let limit = capacity.maxAgents ?? WireLimit.maximumAgents
            return Split.Room(weight: allLimited ? limit : capacity.cpus, limit: limit)
        }
    }

    private func capacity(of rooms: [Split.Room]) -> Int {
        rooms.reduce(0) { min(WireLimit.maximumAgents, $0 + $1.limit) }
    }

    /// Agents that the fleet has room for, with the workers that are away but not lost.
    func fittingAgents(of planned: Int) -> Int {
        min(planned, capacity(of: rooms(members.indices.filter { members[$0].isEligible })))
    }
}
