import ApeCore

extension ProtocolVersion {
    init(_ fields: Fields) throws(ApeError) {
        self.init(
            major: try fields.int("major", in: WireLimit.versions),
            minor: try fields.int("minor", in: WireLimit.versions)
        )
    }
}

extension Greet {
    init(_ fields: Fields) throws(ApeError) {
        self.init(
            version: try ProtocolVersion(fields.nested("protocol")),
            coordinator: try fields.text("coordinator"),
            nonce: try fields.nonce("nonce")
        )
    }
}

extension Hello {
    init(_ fields: Fields) throws(ApeError) {
        self.init(
            version: try ProtocolVersion(fields.nested("protocol")),
            worker: try fields.identifier("worker"),
            name: try fields.text("name"),
            software: try fields.text("version"),
            nonce: try fields.nonce("nonce"),
            proof: try fields.text("proof"),
            capacity: try Capacity(fields.nested("capacity")),
            cancelsAtLease: try fields.optionalFlag("cancels_at_lease"),
            resume: try Resume(optional: fields.optionalNested("resume"))
        )
    }
}

extension Hello.Resume {
    fileprivate init?(optional fields: Fields?) throws(ApeError) {
        guard let fields else { return nil }
        self.init(run: try fields.identifier("run"), lastSeq: try fields.integer("last_seq"))
    }
}

extension Capacity {
    /// The capacity as it stands on the wire.
    package init(_ fields: Fields) throws(ApeError) {
        var labels: [String: String] = [:]
        if let given = try fields.optionalNested("labels"), let members = given.object.object {
            guard members.count <= WireLimit.labels else {
                throw ApeError(.malformed, "\(given.type) has more than \(WireLimit.labels) members")
            }
            for member in members {
                guard member.key.utf8.count <= WireLimit.nameBytes else {
                    throw ApeError(.malformed, "\(given.type) has a name of more than \(WireLimit.nameBytes) bytes")
                }
                labels[member.key] = try given.text(member.key)
            }
        }
        self.init(
            cpus: try fields.int("cpus", in: WireLimit.processors),
            memoryBytes: try fields.integer("memory_bytes"),
            maxAgents: try fields.optionalInteger("max_agents", in: WireLimit.agentCounts).map(Int.init),
            labels: labels
        )
    }
}

extension Welcome {
    init(_ fields: Fields) throws(ApeError) {
        self.init(
            proof: try fields.text("proof"),
            now: try fields.time("now_us"),
            heartbeat: try fields.length("heartbeat_us", in: WireLimit.periods),
            lease: try fields.length("lease_us", in: WireLimit.periods),
            clock: try fields.optionalText("clock"),
            resume: try Resume(optional: fields.optionalNested("resume"))
        )
    }
}

extension Welcome.Resume {
    fileprivate init?(optional fields: Fields?) throws(ApeError) {
        guard let fields else { return nil }
        self.init(run: try fields.identifier("run"), ackedSeq: try fields.integer("acked_seq"))
    }
}

extension Ping {
    init(_ fields: Fields) throws(ApeError) {
        self.init(
            id: try fields.integer("id"),
            sent: try fields.time("sent_us"),
            heard: try fields.optionalInteger("heard_us", in: WireLimit.localTimes).map(LocalTime.init(micros:))
        )
    }
}

extension Pong {
    init(_ fields: Fields) throws(ApeError) {
        self.init(
            id: try fields.integer("id"),
            sent: try fields.time("sent_us"),
            local: LocalTime(micros: try fields.integer("local_us", in: WireLimit.localTimes))
        )
    }
}

extension Assign {
    init(_ fields: Fields) throws(ApeError) {
        let agents = try AgentRanges(fields.object["agents"] ?? .null)
        let fleetAgents = try fields.optionalInteger("fleet_agents", in: WireLimit.agentCounts)
        let drain = try fields.optionalInteger("drain_us", in: WireLimit.waits)
        self.init(
            run: try fields.identifier("run"),
            revision: try fields.int("revision", in: WireLimit.revisions),
            timeline: try StageTimeline(fields),
            agents: agents,
            fleetAgents: fleetAgents.map(Int.init) ?? agents.count,
            drain: drain.map(Micros.init) ?? Assign.defaultDrain,
            arrivals: try fields.optionalNested("arrivals").map { fields throws(ApeError) in
                try AssignedArrivals(fields)
            }
        )
    }
}

extension StageTimeline {
    /// The timeline among an object's fields.
    package init(_ fields: Fields) throws(ApeError) {
        self.init(
            stage: try fields.int("stage", in: WireLimit.stages),
            start: try fields.time("start_us"),
            ramp: try fields.length("ramp_us"),
            warmup: Micros(try fields.optionalInteger("warmup_us", in: WireLimit.lengths) ?? 0),
            hold: try fields.length("hold_us")
        )
    }
}

extension AgentRanges {
    /// `[[first, last], ...]`, rising and apart.
    package init(_ value: JSONValue) throws(ApeError) {
        guard let pairs = value.array else { throw ApeError(.malformed, "agents is not an array") }
        self.init()
        let numbers = WireLimit.agentNumbers
        var next: Int64 = 0
        for pair in pairs {
            guard let ends = pair.array, ends.count == 2 else {
                throw ApeError(.malformed, "agents holds something other than [first, last]")
            }
            let first = try Fields.integer(ends[0], "agents' first", in: numbers)
            let last = try Fields.integer(ends[1], "agents' last", in: numbers)
            guard first >= next, last >= first else {
                throw ApeError(.malformed, "agents are not rising ranges that do not overlap")
            }
            next = last + 1
            append(Int(first)...Int(last))
        }
    }
}
