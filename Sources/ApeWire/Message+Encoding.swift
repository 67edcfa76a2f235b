import ApeCore
import ApeMetrics

extension Message {
    /// The message as one line with its linefeed, its fields in the contract's order.
    ///
    /// A window that would not fit a line is made to fit, as ``WindowEncoder`` says.
    package var line: [UInt8] {
        if case .window(let window) = self { return WindowEncoder.line(of: window) }
        var object: JSONObject = ["type": .string(type)]
        for member in members { object[member.key] = member.value }
        var writer = JSONWriter(reservingCapacity: 160)
        writer.write(.object(object))
        writer.append("\n")
        return writer.bytes
    }

    /// The message's `type` on the wire.
    package var type: String {
        switch self {
        case .greet: "greet"
        case .hello: "hello"
        case .welcome: "welcome"
        case .ping: "ping"
        case .pong: "pong"
        case .prepare: "prepare"
        case .prepared: "prepared"
        case .refused: "refused"
        case .assign: "assign"
        case .assigned: "assigned"
        case .window: "window"
        case .answered: "answered"
        case .ack: "ack"
        case .event: "event"
        case .stop: "stop"
        case .stopped: "stopped"
        case .leave: "leave"
        case .wantRows: "want_rows"
        case .rows: "rows"
        case .error: "error"
        case .unknown(let type): type
        }
    }

    private var members: JSONObject {
        switch self {
        case .greet(let greet): greet.members
        case .hello(let hello): hello.members
        case .welcome(let welcome): welcome.members
        case .ping(let ping): ping.members
        case .pong(let pong):
            ["id": .integer(pong.id), "sent_us": .integer(pong.sent.micros), "local_us": .integer(pong.local.micros)]
        case .prepare(let prepare):
            [
                "run": .string(prepare.run), "seed": .integer(Int64(bitPattern: prepare.seed)),
                "scenario": prepare.scenario,
            ]
        case .prepared(let prepared): ["run": .string(prepared.run)]
        case .refused(let refused):
            ["run": .string(refused.run), "code": .string(refused.code), "message": .string(refused.message)]
        case .assign(let assign): assign.members
        case .assigned(let assigned):
            ["run": .string(assigned.run), "revision": .integer(Int64(assigned.revision))]
        case .answered(let answered):
            ["run": .string(answered.run), "stage": .integer(Int64(answered.stage))]
        case .ack(let ack): ["run": .string(ack.run), "seq": .integer(ack.seq)]
        case .event(let event): event.members
        case .stop(let stop): ["run": .string(stop.run), "reason": .string(stop.reason.rawValue)]
        case .stopped(let stopped): ["run": .string(stopped.run), "last_seq": .integer(stopped.lastSeq)]
        case .leave(let leave): ["reason": .string(leave.reason)]
        case .wantRows(let want): want.members
        case .rows(let rows): rows.members
        case .error(let fault): ["code": .string(fault.code.rawValue), "message": .string(fault.message)]
        case .window, .unknown: [:]
        }
    }
}

extension ProtocolVersion {
    fileprivate var json: JSONValue { ["major": .integer(Int64(major)), "minor": .integer(Int64(minor))] }
}

extension Greet {
    fileprivate var members: JSONObject {
        ["protocol": version.json, "coordinator": .string(coordinator), "nonce": .string(nonce.text)]
    }
}

extension Hello {
    fileprivate var members: JSONObject {
        var members: JSONObject = [
            "protocol": version.json, "worker": .string(worker), "name": .string(name), "version": .string(software),
            "nonce": .string(nonce.text), "proof": .string(proof), "capacity": .object(capacity.members),
        ]
        if cancelsAtLease { members["cancels_at_lease"] = true }
        if let resume {
            members["resume"] = ["run": .string(resume.run), "last_seq": .integer(resume.lastSeq)]
        }
        return members
    }
}

extension Capacity {
    /// The capacity as it stands on the wire, labels by name.
    package var members: JSONObject {
        var members: JSONObject = ["cpus": .integer(Int64(cpus)), "memory_bytes": .integer(memoryBytes)]
        if let maxAgents { members["max_agents"] = .integer(Int64(maxAgents)) }
        var sorted = JSONObject()
        for (name, value) in labels.sorted(by: { $0.key < $1.key }) { sorted[name] = .string(value) }
        members["labels"] = .object(sorted)
        return members
    }
}

extension Welcome {
    fileprivate var members: JSONObject {
        var members: JSONObject = [
            "proof": .string(proof), "now_us": .integer(now.micros), "heartbeat_us": .integer(heartbeat.micros),
            "lease_us": .integer(lease.micros),
        ]
        if let clock { members["clock"] = .string(clock) }
        if let resume {
            members["resume"] = ["run": .string(resume.run), "acked_seq": .integer(resume.ackedSeq)]
        }
        return members
    }
}

extension Ping {
    fileprivate var members: JSONObject {
        var members: JSONObject = ["id": .integer(id), "sent_us": .integer(sent.micros)]
        if let heard { members["heard_us"] = .integer(heard.micros) }
        return members
    }
}

extension Assign {
    fileprivate var members: JSONObject {
        var members: JSONObject = [
            "run": .string(run), "revision": .integer(Int64(revision)), "stage": .integer(Int64(timeline.stage)),
            "agents": agents.json, "fleet_agents": .integer(Int64(fleetAgents)),
        ]
        for member in timeline.members { members[member.key] = member.value }
        members["drain_us"] = .integer(drain.micros)
        return members
    }
}

extension StageTimeline {
    /// The stage's start and the lengths of its parts; the stage itself is told beside them.
    package var members: JSONObject {
        [
            "start_us": .integer(start.micros), "ramp_us": .integer(ramp.micros),
            "warmup_us": .integer(warmup.micros), "hold_us": .integer(hold.micros),
        ]
    }
}

extension AgentRanges {
    /// `[[first, last], ...]`.
    package var json: JSONValue {
        .array(ranges.map { .array([.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))]) })
    }
}

extension WorkerEvent {
    /// The event as it stands on the wire.
    package var members: JSONObject {
        var members: JSONObject = [
            "run": .string(run), "level": .string(level.rawValue), "code": .string(code), "message": .string(message),
        ]
        if let agent { members["agent"] = .integer(Int64(agent)) }
        if let traceID { members["trace_id"] = .string(traceID) }
        if let session { members["session"] = .object(session.members) }
        return members
    }
}
