import ApeCore

/// Up to when the arrivals of some numbers were another worker's affair: those from then on are the next one's. Since 1.3.
package struct TakenArrivals: Sendable, Equatable {
    package var agents: AgentRanges
    package var until: FleetTime

    package init(agents: AgentRanges, until: FleetTime) {
        self.agents = agents
        self.until = until
    }
}

/// The part of `assign` that says when sessions begin. Without it each agent begins one as soon as its last has ended.
/// Since 1.3.
package struct AssignedArrivals: Sendable, Equatable {
    package var stage: StageArrivals
    /// Numbers whose arrivals begin later than the stage; no number stands in two of them.
    package var taken: [TakenArrivals]

    package init(_ stage: StageArrivals, taken: [TakenArrivals] = []) {
        self.stage = stage
        self.taken = taken
    }

    /// Up to when the arrivals of a number were another worker's; nil for none.
    package func until(agent: Int) -> FleetTime? { taken.first { $0.agents.contains(agent) }?.until }
}

extension [TakenArrivals] {
    /// Whether they name no agent.
    var areEmpty: Bool { allSatisfy(\.agents.isEmpty) }

    /// `[[first, last, until_us], ...]`.
    package var json: JSONValue {
        .array(
            flatMap { taken in
                taken.agents.ranges.map {
                    [
                        .integer($0.lowerBound, in: WireLimit.agentNumbers),
                        .integer($0.upperBound, in: WireLimit.agentNumbers),
                        .integer(taken.until.micros, in: WireLimit.moments),
                    ]
                }
            }
        )
    }

    /// What ``json`` has written.
    package init(_ value: JSONValue) throws(ApeError) {
        guard let entries = value.array else { throw ApeError(.malformed, "taken is not an array") }
        self = []
        for entry in entries {
            guard let parts = entry.array, parts.count == 3 else {
                throw ApeError(.malformed, "taken holds something other than [first, last, until_us]")
            }
            let first = try Fields.integer(parts[0], "taken's first", in: WireLimit.agentNumbers)
            let last = try Fields.integer(parts[1], "taken's last", in: WireLimit.agentNumbers)
            let until = FleetTime(micros: try Fields.integer(parts[2], "taken's until_us", in: WireLimit.moments))
            guard last >= first else { throw ApeError(.malformed, "taken holds a range that falls") }
            let range = Int(first)...Int(last)
            if self.last?.until == until, let end = self.last?.agents.ranges.last?.upperBound,
                range.lowerBound > end + 1
            {
                self[count - 1].agents.append(range)
            } else {
                append(TakenArrivals(agents: AgentRanges([range]), until: until))
            }
        }
    }

    /// These without what is of other numbers.
    package func of(_ agents: AgentRanges) -> Self {
        compactMap { entry in
            let common = entry.agents.intersection(agents)
            return common.isEmpty ? nil : TakenArrivals(agents: common, until: entry.until)
        }
    }
}

extension Fields {
    /// `taken`, where it is there.
    package func taken() throws(ApeError) -> [TakenArrivals] {
        guard let value = object["taken"], value != .null else { return [] }
        return try [TakenArrivals](value)
    }
}

extension AssignedArrivals {
    var json: JSONValue {
        var members: JSONObject = [
            "agents": .integer(stage.agents, in: 1...WireLimit.agentCounts.upperBound),
            "before_per_second": .number(stage.beforePerSecond),
        ]
        for member in stage.arrivals.members { members[member.key] = member.value }
        if !taken.areEmpty { members["taken"] = taken.json }
        return .object(members)
    }

    init(_ fields: Fields) throws(ApeError) {
        guard let arrivals = Arrivals(json: fields.object) else {
            throw ApeError(.malformed, "\(fields.type) has no rates from 0 to 1000000 a second, or no known pattern")
        }
        let before = fields.object["before_per_second"]?.number ?? 0
        guard (0...Arrivals.rates.upperBound).contains(before) else {
            throw ApeError(.malformed, "\(fields.type).before_per_second is outside 0...1000000")
        }
        let agents = try fields.int("agents", in: 1...WireLimit.agentCounts.upperBound)
        self.init(
            StageArrivals(arrivals, beforePerSecond: before, agents: agents),
            taken: try fields.taken()
        )
    }
}
