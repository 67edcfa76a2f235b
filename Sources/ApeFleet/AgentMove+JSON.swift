import ApeCore
import ApeWire

extension AgentMove {
    var members: JSONObject {
        var shares = JSONObject()
        for (worker, agents) in to.sorted(by: { $0.key < $1.key }) {
            shares[worker] = .integer(agents, in: WireLimit.agentCounts)
        }
        return [
            "kind": "moved", "from": .string(from), "reason": .string(reason.rawValue),
            "agents": .integer(agents, in: WireLimit.agentCounts), "to": .object(shares),
            "stood_still_us": .integer(stoodStill.micros, in: WireLimit.counts),
        ]
    }

    init(_ fields: Fields) throws(ApeError) {
        var shares: [String: Int] = [:]
        // Facts of schema 1 do not say to whom.
        for member in try fields.optionalNested("to")?.object.object ?? [:] {
            guard let agents = member.value.integer, agents > 0, WireLimit.agentCounts.contains(agents) else {
                throw ApeError(.malformed, "fact.to has a number of agents that is none")
            }
            shares[member.key] = Int(agents)
        }
        self.init(
            from: try fields.identifier("from"),
            reason: try fields.choice("reason", of: Reason.self),
            agents: try fields.int("agents", in: WireLimit.agentCounts),
            to: shares,
            stoodStill: try fields.length("stood_still_us", in: WireLimit.counts)
        )
    }
}
