import ApeCore
import ApeWire

/// The plan's stages, and who was given which agents, as JSON.
extension Stage {
    var members: JSONObject {
        var members: JSONObject = [
            "kind": "appended", "name": .name(name),
            "agents": .integer(agents, in: 1...WireLimit.agentCounts.upperBound),
            "ramp_us": .integer(rampMicros, in: WireLimit.lengths),
            "warmup_us": .integer(warmupMicros, in: WireLimit.lengths),
            "hold_us": .integer(holdMicros, in: WireLimit.lengths),
            "is_open": .bool(isOpen),
        ]
        if let arrivals { members["arrivals"] = .object(arrivals.members) }
        return members
    }

    init(_ fields: Fields) throws(ApeError) {
        let arrivals = try fields.optionalNested("arrivals").map { fields throws(ApeError) in
            guard let arrivals = Arrivals(json: fields.object) else {
                throw ApeError(.malformed, "\(fields.type) are none that this version knows")
            }
            return arrivals
        }
        self.init(
            name: try fields.text("name"),
            agents: try fields.int("agents", in: 1...WireLimit.agentCounts.upperBound),
            rampMicros: try fields.integer("ramp_us", in: WireLimit.lengths),
            warmupMicros: try fields.integer("warmup_us", in: WireLimit.lengths),
            holdMicros: try fields.integer("hold_us", in: WireLimit.lengths),
            isOpen: fields.object["is_open"]?.bool ?? false,
            arrivals: arrivals
        )
    }
}

extension StageSchedule {
    var members: JSONObject {
        var members: JSONObject = ["kind": "stage", "stage": .integer(timeline.stage, in: WireLimit.stages)]
        for member in timeline.members { members[member.key] = member.value }
        members["planned_agents"] = .integer(plannedAgents, in: WireLimit.agentCounts)
        members["fitting_agents"] = .integer(fittingAgents, in: WireLimit.agentCounts)
        return members
    }

    init(_ fields: Fields) throws(ApeError) {
        self.init(
            timeline: try StageTimeline(fields),
            plannedAgents: try fields.int("planned_agents", in: WireLimit.agentCounts),
            fittingAgents: try fields.int("fitting_agents", in: WireLimit.agentCounts)
        )
    }
}

extension Grant {
    var members: JSONObject {
        var split = JSONObject()
        for (worker, ranges) in agents.sorted(by: { $0.key < $1.key }) { split[worker] = ranges.json }
        var members: JSONObject = [
            "kind": "granted", "revision": .integer(revision, in: WireLimit.revisions),
            "stage": .integer(stage, in: WireLimit.stages),
            "agents": .object(split),
        ]
        guard !taken.isEmpty else { return members }
        var arrivals = JSONObject()
        for (worker, taken) in taken.sorted(by: { $0.key < $1.key }) { arrivals[worker] = taken.json }
        members["taken"] = .object(arrivals)
        return members
    }

    init(_ fields: Fields) throws(ApeError) {
        var agents: [String: AgentRanges] = [:]
        for member in try fields.nested("agents").object.object ?? [:] {
            agents[member.key] = try AgentRanges(member.value)
        }
        var taken: [String: [TakenArrivals]] = [:]
        for member in try fields.optionalNested("taken")?.object.object ?? [:] {
            taken[member.key] = try [TakenArrivals](member.value)
        }
        self.init(
            revision: try fields.int("revision", in: WireLimit.revisions),
            stage: try fields.int("stage", in: WireLimit.stages),
            agents: agents,
            taken: taken
        )
    }
}
