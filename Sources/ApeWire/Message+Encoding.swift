import ApeCore
import ApeMetrics

extension Message {
    /// The message as one line with its linefeed, its fields in the contract's order.
    ///
    /// A window that would not fit a line is made to fit, as ``WindowEncoder`` says.
    package var line: [UInt8] {
        if case .window(let window) = self { return WindowEncoder.line(of: window) }
        if case .hello(let hello) = self { return Self.line(of: hello) }
        return wholeLine
    }

    private var wholeLine: [UInt8] {
        var object: JSONObject = ["type": .string(type)]
        for member in members { object[member.key] = member.value }
        var writer = JSONWriter(reservingCapacity: 160)
        writer.write(.object(object))
        writer.append("\n")
        return writer.bytes
    }

    /// `hello` comes before either side has proven itself, when lines are short: labels that would not fit are left out,
    /// and then the ends of long names.
    private static func line(of hello: Hello) -> [UInt8] {
        var fitted = hello
        var line = Message.hello(fitted).wholeLine
        while line.count > WireLimit.openingLineBytes + 1 {
            if let last = fitted.capacity.labels.keys.max() {
                fitted.capacity.labels[last] = nil
            } else if fitted.name.utf8.count + fitted.software.utf8.count > 2 * Self.shortNameBytes {
                (fitted.name, fitted.software) = (
                    fitted.name.cut(to: Self.shortNameBytes), fitted.software.cut(to: Self.shortNameBytes)
                )
            } else {
                break
            }
            line = Message.hello(fitted).wholeLine
        }
        return line
    }

    private static let shortNameBytes = 64

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
        case .window, .unreadable: "window"
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
            [
                "id": .integer(pong.id, in: WireLimit.counts),
                "sent_us": .integer(pong.sent.micros, in: WireLimit.moments),
                "local_us": .integer(pong.local.micros, in: WireLimit.localTimes),
            ]
        case .prepare(let prepare):
            [
                "run": .string(prepare.run), "seed": .integer(Int64(bitPattern: prepare.seed)),
                "scenario": prepare.scenario,
            ]
        case .prepared(let prepared): ["run": .string(prepared.run)]
        case .refused(let refused):
            ["run": .string(refused.run), "code": .name(refused.code), "message": .message(refused.message)]
        case .assign(let assign): assign.members
        case .assigned(let assigned): assigned.members
        case .answered(let answered):
            ["run": .string(answered.run), "stage": .integer(answered.stage, in: WireLimit.stages)]
        case .ack(let ack): ["run": .string(ack.run), "seq": .integer(ack.seq, in: WireLimit.counts)]
        case .event(let event): event.members
        case .stop(let stop): ["run": .string(stop.run), "reason": .string(stop.reason.rawValue)]
        case .stopped(let stopped): stopped.members
        case .leave(let leave): ["reason": .message(leave.reason)]
        case .wantRows(let want): want.members
        case .rows(let rows): rows.members
        case .error(let fault): ["code": .name(fault.code.rawValue), "message": .message(fault.message)]
        case .unreadable(let window):
            ["run": .string(window.run), "seq": .integer(window.seq, in: WindowBounds.numbers)]
        case .window, .unknown: [:]
        }
    }
}

extension ProtocolVersion {
    fileprivate var json: JSONValue {
        ["major": .integer(major, in: WireLimit.versions), "minor": .integer(minor, in: WireLimit.versions)]
    }
}

extension Greet {
    fileprivate var members: JSONObject {
        ["protocol": version.json, "coordinator": .name(coordinator), "nonce": .string(nonce.text)]
    }
}

extension Hello {
    fileprivate var members: JSONObject {
        var members: JSONObject = [
            "protocol": version.json, "worker": .string(worker), "name": .name(name), "version": .name(software),
            "nonce": .string(nonce.text), "proof": .name(proof), "capacity": .object(capacity.members),
        ]
        if cancelsAtLease { members["cancels_at_lease"] = true }
        if let resume {
            members["resume"] = [
                "run": .string(resume.run), "last_seq": .integer(resume.lastSeq, in: WireLimit.counts),
            ]
        }
        return members
    }
}

extension Capacity {
    /// The capacity as it stands on the wire, labels by name.
    package var members: JSONObject {
        var members: JSONObject = [
            "cpus": .integer(cpus, in: WireLimit.processors),
            "memory_bytes": .integer(memoryBytes, in: WireLimit.counts),
        ]
        if let maxAgents { members["max_agents"] = .integer(maxAgents, in: WireLimit.agentCounts) }
        var sorted = JSONObject()
        for (name, value) in labels.sorted(by: { $0.key < $1.key }).prefix(WireLimit.labels) {
            sorted[name.cut(to: WireLimit.nameBytes)] = .name(value)
        }
        members["labels"] = .object(sorted)
        return members
    }
}

extension Welcome {
    fileprivate var members: JSONObject {
        var members: JSONObject = [
            "proof": .name(proof), "now_us": .integer(now.micros, in: WireLimit.moments),
            "heartbeat_us": .integer(heartbeat.micros, in: WireLimit.periods),
            "lease_us": .integer(lease.micros, in: WireLimit.periods),
        ]
        if let clock { members["clock"] = .name(clock) }
        if let resume {
            members["resume"] = [
                "run": .string(resume.run), "acked_seq": .integer(resume.ackedSeq, in: WireLimit.counts),
            ]
        }
        return members
    }
}

extension Ping {
    fileprivate var members: JSONObject {
        var members: JSONObject = [
            "id": .integer(id, in: WireLimit.counts), "sent_us": .integer(sent.micros, in: WireLimit.moments),
        ]
        if let heard { members["heard_us"] = .integer(heard.micros, in: WireLimit.localTimes) }
        return members
    }
}

extension Assign {
    fileprivate var members: JSONObject {
        var members: JSONObject = [
            "run": .string(run), "revision": .integer(revision, in: WireLimit.revisions),
            "stage": .integer(timeline.stage, in: WireLimit.stages),
            "agents": agents.json, "fleet_agents": .integer(fleetAgents, in: WireLimit.agentCounts),
        ]
        for member in timeline.members { members[member.key] = member.value }
        members["drain_us"] = .integer(drain.micros, in: WireLimit.waits)
        if let arrivals { members["arrivals"] = arrivals.json }
        return members
    }
}

extension Assigned {
    fileprivate var members: JSONObject {
        var members: JSONObject = ["run": .string(run), "revision": .integer(revision, in: WireLimit.revisions)]
        if !taken.areEmpty { members["taken"] = taken.json }
        return members
    }
}

extension Stopped {
    fileprivate var members: JSONObject {
        var members: JSONObject = ["run": .string(run), "last_seq": .integer(lastSeq, in: WireLimit.counts)]
        if !taken.areEmpty { members["taken"] = taken.json }
        return members
    }
}

extension StageTimeline {
    /// The stage's start and the lengths of its parts; the stage itself is told beside them.
    package var members: JSONObject {
        [
            "start_us": .integer(start.micros, in: WireLimit.moments),
            "ramp_us": .integer(ramp.micros, in: WireLimit.lengths),
            "warmup_us": .integer(warmup.micros, in: WireLimit.lengths),
            "hold_us": .integer(hold.micros, in: WireLimit.lengths),
        ]
    }
}

extension AgentRanges {
    /// `[[first, last], ...]`.
    package var json: JSONValue {
        let all = 0...Int(WireLimit.agentNumbers.upperBound)
        let isInBounds = all.contains(ranges.first?.lowerBound ?? 0) && all.contains(ranges.last?.upperBound ?? 0)
        let bounded = isInBounds ? self : intersection(AgentRanges([all]))
        return .array(bounded.ranges.map { .array([.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))]) })
    }
}

extension WorkerEvent {
    /// The event as it stands on the wire.
    package var members: JSONObject {
        var members: JSONObject = [
            "run": .string(run), "level": .string(level.rawValue), "code": .name(code), "message": .message(message),
        ]
        if let agent, WireLimit.agentNumbers.contains(Int64(agent)) { members["agent"] = .integer(Int64(agent)) }
        if let traceID { members["trace_id"] = .name(traceID) }
        if let session { members["session"] = .object(session.members) }
        return members
    }
}
