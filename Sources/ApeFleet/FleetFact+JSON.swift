import ApeCore
import ApeMetrics
import ApeWire

extension FleetFact {
    /// The fact's kind, as it is stored.
    package var name: String { kind.members["kind"]?.string ?? "" }

    /// The fact as one JSON object, for stores and reports.
    package var json: JSONValue {
        var object: JSONObject = ["at_us": .integer(at.micros)]
        for member in kind.members { object[member.key] = member.value }
        return .object(object)
    }

    /// A fact that ``json`` has written.
    ///
    /// - Throws: ``ApeError`` that names the field which is missing or wrong.
    package init(json: JSONValue) throws(ApeError) {
        let fields = Fields(type: "fact", object: json)
        self.init(at: try fields.time("at_us"), try Kind(fields))
    }
}

extension FleetFact.Kind {
    fileprivate var members: JSONObject {
        switch self {
        case .joined(let worker, let name, let software, let peer, let capacity):
            [
                "kind": "joined", "worker": .string(worker), "name": .string(name), "version": .string(software),
                "peer": .string(peer), "capacity": .object(capacity.members),
            ]
        case .turnedAway(let peer, let code, let message):
            ["kind": "turned_away", "peer": .string(peer), "code": .string(code), "message": .string(message)]
        case .disconnected(let worker, let reason):
            ["kind": "disconnected", "worker": .string(worker), "reason": .string(reason)]
        case .returned(let worker, let after):
            ["kind": "returned", "worker": .string(worker), "after_us": .integer(after.micros)]
        case .lost(let worker, let silent):
            ["kind": "lost", "worker": .string(worker), "silent_us": .integer(silent.micros)]
        case .leaving(let worker, let reason):
            ["kind": "leaving", "worker": .string(worker), "reason": .string(reason)]
        case .stopped(let worker, let lastSeq):
            ["kind": "stopped", "worker": .string(worker), "last_seq": .integer(lastSeq)]
        case .refused(let worker, let code, let message):
            ["kind": "refused", "worker": .string(worker), "code": .string(code), "message": .string(message)]
        case .appended(let stage): stage.members
        case .stage(let timeline): timeline.members
        case .granted(let grant): grant.members
        case .moved(let move): move.members
        case .windowsDropped(let worker, let firstSeq, let lastSeq):
            [
                "kind": "windows_dropped", "worker": .string(worker), "first_seq": .integer(firstSeq),
                "last_seq": .integer(lastSeq),
            ]
        case .duplicates(let worker, let windows):
            ["kind": "duplicates", "worker": .string(worker), "windows": .integer(windows)]
        case .rowsLeased(let lease): lease.members
        case .rowsUsedUp(let set, let rows):
            ["kind": "rows_used_up", "set": .string(set), "rows": .integer(Int64(rows))]
        case .event(let worker, let event):
            ["kind": "event", "worker": .string(worker), "event": .object(event.members)]
        case .resumed(let outage): ["kind": "resumed", "outage_us": .integer(outage.micros)]
        case .slept(let length): ["kind": "slept", "slept_us": .integer(length.micros)]
        case .ending(let outcome, let message):
            ["kind": "ending", "outcome": .string(outcome), "message": .string(message)]
        case .ended(let outcome, let message):
            ["kind": "ended", "outcome": .string(outcome), "message": .string(message)]
        }
    }

    fileprivate init(_ fields: Fields) throws(ApeError) {
        switch try fields.text("kind") {
        case "joined":
            self = .joined(
                worker: try fields.identifier("worker"),
                name: try fields.text("name"),
                software: try fields.text("version"),
                peer: try fields.text("peer"),
                capacity: try Capacity(fields.nested("capacity"))
            )
        case "turned_away":
            self = .turnedAway(
                peer: try fields.text("peer"),
                code: try fields.text("code"),
                message: try fields.message()
            )
        case "disconnected":
            self = .disconnected(
                worker: try fields.identifier("worker"),
                reason: try fields.text("reason", atMost: WireLimit.messageBytes)
            )
        case "returned":
            self = .returned(worker: try fields.identifier("worker"), after: try fields.length("after_us"))
        case "lost":
            self = .lost(worker: try fields.identifier("worker"), silent: try fields.length("silent_us"))
        case "leaving":
            self = .leaving(
                worker: try fields.identifier("worker"),
                reason: try fields.text("reason", atMost: WireLimit.messageBytes)
            )
        case "stopped":
            self = .stopped(worker: try fields.identifier("worker"), lastSeq: try fields.integer("last_seq"))
        case "refused":
            self = .refused(
                worker: try fields.identifier("worker"),
                code: try fields.text("code"),
                message: try fields.message()
            )
        case "appended": self = .appended(try Stage(fields))
        case "stage": self = .stage(try StageSchedule(fields))
        case "granted": self = .granted(try Grant(fields))
        case "moved": self = .moved(try AgentMove(fields))
        case "windows_dropped":
            self = .windowsDropped(
                worker: try fields.identifier("worker"),
                firstSeq: try fields.integer("first_seq"),
                lastSeq: try fields.integer("last_seq")
            )
        case "duplicates":
            self = .duplicates(worker: try fields.identifier("worker"), windows: try fields.integer("windows"))
        case "rows_leased": self = .rowsLeased(try RowLease(fields))
        case "rows_used_up":
            self = .rowsUsedUp(
                set: try fields.text("set"),
                rows: try fields.int("rows", in: 0...WireLimit.maximumAgents)
            )
        case "event":
            self = .event(worker: try fields.identifier("worker"), try WorkerEvent(fields.nested("event")))
        case "resumed": self = .resumed(outage: try fields.length("outage_us"))
        case "slept": self = .slept(try fields.length("slept_us"))
        case "ending": self = .ending(outcome: try fields.text("outcome"), message: try fields.message())
        case "ended": self = .ended(outcome: try fields.text("outcome"), message: try fields.message())
        default: throw ApeError(.malformed, "fact.kind is none that this version knows")
        }
    }
}

extension Fields {
    fileprivate func message() throws(ApeError) -> String {
        try text("message", atMost: .max)
    }
}

extension Stage {
    fileprivate var members: JSONObject {
        [
            "kind": "appended", "name": .string(name), "agents": .integer(Int64(agents)),
            "ramp_us": .integer(rampMicros), "warmup_us": .integer(warmupMicros), "hold_us": .integer(holdMicros),
            "is_open": .bool(isOpen),
        ]
    }

    fileprivate init(_ fields: Fields) throws(ApeError) {
        self.init(
            name: try fields.text("name"),
            agents: try fields.int("agents", in: 1...WireLimit.maximumAgents),
            rampMicros: try fields.integer("ramp_us"),
            warmupMicros: try fields.integer("warmup_us"),
            holdMicros: try fields.integer("hold_us"),
            isOpen: fields.object["is_open"]?.bool ?? false
        )
    }
}

extension StageSchedule {
    fileprivate var members: JSONObject {
        var members: JSONObject = ["kind": "stage", "stage": .integer(Int64(timeline.stage))]
        for member in timeline.members { members[member.key] = member.value }
        members["planned_agents"] = .integer(Int64(plannedAgents))
        members["fitting_agents"] = .integer(Int64(fittingAgents))
        return members
    }

    fileprivate init(_ fields: Fields) throws(ApeError) {
        self.init(
            timeline: try StageTimeline(fields),
            plannedAgents: try fields.int("planned_agents", in: 0...WireLimit.maximumAgents),
            fittingAgents: try fields.int("fitting_agents", in: 0...WireLimit.maximumAgents)
        )
    }
}

extension Grant {
    fileprivate var members: JSONObject {
        var split = JSONObject()
        for (worker, ranges) in agents.sorted(by: { $0.key < $1.key }) { split[worker] = ranges.json }
        return [
            "kind": "granted", "revision": .integer(Int64(revision)), "stage": .integer(Int64(stage)),
            "agents": .object(split),
        ]
    }

    fileprivate init(_ fields: Fields) throws(ApeError) {
        var agents: [String: AgentRanges] = [:]
        for member in try fields.nested("agents").object.object ?? [:] {
            agents[member.key] = try AgentRanges(member.value)
        }
        self.init(
            revision: Int(try fields.integer("revision")),
            stage: try fields.int("stage", in: 0...(WireLimit.maximumStages - 1)),
            agents: agents
        )
    }
}

extension AgentMove {
    fileprivate var members: JSONObject {
        var shares = JSONObject()
        for (worker, agents) in to.sorted(by: { $0.key < $1.key }) { shares[worker] = .integer(Int64(agents)) }
        return [
            "kind": "moved", "from": .string(from), "reason": .string(reason.rawValue),
            "agents": .integer(Int64(agents)), "to": .object(shares), "stood_still_us": .integer(stoodStill.micros),
        ]
    }

    fileprivate init(_ fields: Fields) throws(ApeError) {
        var shares: [String: Int] = [:]
        // Facts of schema 1 do not say to whom.
        for member in try fields.optionalNested("to")?.object.object ?? [:] {
            guard let agents = member.value.integer, let agents = Int(exactly: agents), agents > 0 else {
                throw ApeError(.malformed, "fact.to has a number of agents that is none")
            }
            shares[member.key] = agents
        }
        self.init(
            from: try fields.identifier("from"),
            reason: try fields.choice("reason", of: Reason.self),
            agents: try fields.int("agents", in: 0...WireLimit.maximumAgents),
            to: shares,
            stoodStill: try fields.length("stood_still_us")
        )
    }
}
