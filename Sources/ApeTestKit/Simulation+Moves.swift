import ApeCore
import ApeFleet
import ApeWire

/// Agents that change workers must be named, with both workers, and go to workers that are there: in the facts as they are
/// stored, over every crash.
extension Simulation {
    /// Follows every agent through the splits, and compares its changes of worker with those that are named.
    mutating func checkMoves() {
        var agents = [FollowedAgent](repeating: FollowedAgent(), count: setup.peakAgents)
        var named: [MoveWay: Int] = [:]
        for fact in store.facts {
            switch fact.kind {
            case .stage(let schedule):
                for agent in agents.indices.dropFirst(schedule.plannedAgents) { agents[agent].wasIdle = true }
            case .paused: for agent in agents.indices { agents[agent].wasIdle = true }
            case .moved(let move):
                for (worker, agents) in move.to where worker != move.from {
                    named[MoveWay(from: move.from, to: worker), default: 0] += agents
                }
                if move.stoodStill < .zero { violate("4: agents stood still for less than no time") }
            case .granted(let grant):
                let (certain, possible) = FollowedAgent.changes(grant, &agents)
                for way in Set(named.keys).union(certain.keys) {
                    let least = certain[way] ?? 0
                    let most = least + (possible[way] ?? 0)
                    if !(least...most).contains(named[way] ?? 0) {
                        violate("4: revision \(grant.revision) moves \(least) \(way), named are \(named[way] ?? 0)")
                    }
                }
                named = [:]
            default: break
            }
        }
    }
}

extension Simulation {
    /// No split gives a worker without a connection agents that it does not have. One whose connection had not ended when
    /// the coordinator did is on its way to the next one.
    mutating func checkReach() {
        var away: Set<String> = []
        var had: [String: AgentRanges] = [:]
        for fact in store.facts {
            switch fact.kind {
            case .joined(let worker, _, _, _, _), .returned(let worker, _): away.remove(worker)
            case .disconnected(let worker, _): away.insert(worker)
            case .lost(let worker, _), .stopped(let worker, _, _): had[worker] = nil
            case .granted(let grant):
                for (worker, agents) in grant.agents where away.contains(worker) {
                    let more = agents.subtracting(had[worker] ?? AgentRanges()).count
                    if more > 0 { violate("6: revision \(grant.revision) gives \(more) to \(worker), which is away") }
                }
                let granted = AgentRanges(grant.agents.values.flatMap(\.ranges))
                had = had.mapValues { $0.subtracting(granted) }
                had.merge(grant.agents) { $0.union($1) }
            default: break
            }
        }
    }
}

/// From one worker to another.
private struct MoveWay: Hashable, CustomStringConvertible {
    var from: String
    var to: String

    var description: String { "from \(from) to \(to)" }
}

/// Where an agent was given last.
private struct FollowedAgent {
    var owner: String?
    /// A stage without it came between: then it may have been let go, or not yet.
    var wasIdle = false

    /// Applies a split; tells how many agents changed workers for certain, and how many more may have.
    static func changes(
        _ grant: Grant,
        _ agents: inout [FollowedAgent]
    ) -> (certain: [MoveWay: Int], possible: [MoveWay: Int]) {
        var certain: [MoveWay: Int] = [:]
        var possible: [MoveWay: Int] = [:]
        for (worker, ranges) in grant.agents {
            for agent in ranges.ranges.joined() {
                let before = agents[agent]
                agents[agent] = FollowedAgent(owner: worker)
                guard let owner = before.owner, owner != worker else { continue }
                let way = MoveWay(from: owner, to: worker)
                if before.wasIdle { possible[way, default: 0] += 1 } else { certain[way, default: 0] += 1 }
            }
        }
        return (certain, possible)
    }
}
