import ApeCore
import ApeMetrics
import ApeWire

extension FleetFact {
    /// The fact's kind, as it is stored.
    package var name: String { kind.members["kind"]?.string ?? "" }

    /// The fact as one JSON object, for stores and reports.
    package var json: JSONValue {
        var object: JSONObject = ["at_us": .integer(at.micros, in: WireLimit.moments)]
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
                "kind": "joined", "worker": .string(worker), "name": .name(name), "version": .name(software),
                "peer": .name(peer), "capacity": .object(capacity.members),
            ]
        case .turnedAway(let peer, let code, let message):
            ["kind": "turned_away", "peer": .name(peer), "code": .name(code), "message": .string(message)]
        case .disconnected(let worker, let reason):
            ["kind": "disconnected", "worker": .string(worker), "reason": .message(reason)]
        case .returned(let worker, let after):
            ["kind": "returned", "worker": .string(worker), "after_us": .integer(after.micros, in: WireLimit.counts)]
        case .lost(let worker, let silent):
            ["kind": "lost", "worker": .string(worker), "silent_us": .integer(silent.micros, in: WireLimit.counts)]
        case .leaving(let worker, let reason):
            ["kind": "leaving", "worker": .string(worker), "reason": .message(reason)]
        case .stopped(let worker, let lastSeq, let taken): Self.stoppedMembers(worker, lastSeq, taken)
        case .refused(let worker, let code, let message):
            ["kind": "refused", "worker": .string(worker), "code": .name(code), "message": .string(message)]
        case .appended(let stage): stage.members
        case .tried(let stage): ["kind": "tried", "stage": .integer(stage, in: WireLimit.stages)]
        case .stage(let timeline): timeline.members
        case .granted(let grant): grant.members
        case .moved(let move): move.members
        case .windowsDropped(let worker, let firstSeq, let lastSeq):
            windows("windows_dropped", worker, firstSeq, lastSeq)
        case .windowsRefused(let worker, let firstSeq, let lastSeq, let reason):
            windows("windows_refused", worker, firstSeq, lastSeq, ["reason": .message(reason)])
        case .duplicates(let worker, let windows):
            ["kind": "duplicates", "worker": .string(worker), "windows": .integer(windows, in: WireLimit.counts)]
        case .overBudget(let worker, let what, let count): what.members(of: worker, count: count)
        case .storeStalled(let length): Self.stallMembers(length)
        case .rowsLeased(let lease): lease.members
        case .rowsUsedUp(let set, let rows):
            ["kind": "rows_used_up", "set": .name(set), "rows": .integer(rows, in: WireLimit.agentCounts)]
        case .event(let worker, let event):
            ["kind": "event", "worker": .string(worker), "event": .object(event.members)]
        case .resumed(let outage): ["kind": "resumed", "outage_us": .integer(outage.micros, in: WireLimit.counts)]
        case .slept(let length): ["kind": "slept", "slept_us": .integer(length.micros, in: WireLimit.counts)]
        case .paused: ["kind": "paused"]
        case .suspended: ["kind": "suspended"]
        case .continued(let length): ["kind": "continued", "paused_us": .integer(length.micros, in: WireLimit.counts)]
        case .ending(let outcome, let message):
            ["kind": "ending", "outcome": .name(outcome), "message": .string(message)]
        case .ended(let outcome, let message):
            ["kind": "ended", "outcome": .name(outcome), "message": .string(message)]
        }
    }

    private func windows(
        _ kind: String,
        _ worker: String,
        _ first: Int64,
        _ last: Int64,
        _ more: JSONObject = [:]
    ) -> JSONObject {
        let members: JSONObject = [
            "kind": .string(kind), "worker": .string(worker), "first_seq": .integer(first, in: WireLimit.counts),
            "last_seq": .integer(last, in: WireLimit.counts),
        ]
        return more.reduce(into: members) { $0[$1.key] = $1.value }
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
            let reason = try fields.text("reason", atMost: WireLimit.messageBytes)
            self = .disconnected(worker: try fields.identifier("worker"), reason: reason)
        case "returned":
            self = .returned(worker: try fields.identifier("worker"), after: try fields.span("after_us"))
        case "lost":
            self = .lost(worker: try fields.identifier("worker"), silent: try fields.span("silent_us"))
        case "leaving":
            let reason = try fields.text("reason", atMost: WireLimit.messageBytes)
            self = .leaving(worker: try fields.identifier("worker"), reason: reason)
        case "stopped":
            let lastSeq = try fields.integer("last_seq")
            self = .stopped(worker: try fields.identifier("worker"), lastSeq: lastSeq, taken: try fields.taken())
        case "refused":
            self = .refused(
                worker: try fields.identifier("worker"),
                code: try fields.text("code"),
                message: try fields.message()
            )
        case "appended": self = .appended(try Stage(fields))
        case "tried": self = .tried(stage: try fields.int("stage", in: WireLimit.stages))
        case "stage": self = .stage(try StageSchedule(fields))
        case "granted": self = .granted(try Grant(fields))
        case "moved": self = .moved(try AgentMove(fields))
        case "windows_dropped":
            let (first, last) = try fields.numbers()
            self = .windowsDropped(worker: try fields.identifier("worker"), firstSeq: first, lastSeq: last)
        case "windows_refused":
            let (first, last) = try fields.numbers()
            let reason = try fields.text("reason", atMost: WireLimit.messageBytes)
            self = .windowsRefused(
                worker: try fields.identifier("worker"),
                firstSeq: first,
                lastSeq: last,
                reason: reason
            )
        case "duplicates":
            self = .duplicates(worker: try fields.identifier("worker"), windows: try fields.integer("windows"))
        case "over_budget": self = try .overBudget(fields)
        case "store_stalled": self = .storeStalled(try fields.span("length_us"))
        case "rows_leased": self = .rowsLeased(try RowLease(fields))
        case "rows_used_up":
            let rows = try fields.int("rows", in: WireLimit.agentCounts)
            self = .rowsUsedUp(set: try fields.text("set"), rows: rows)
        case "event":
            self = .event(worker: try fields.identifier("worker"), try WorkerEvent(fields.nested("event")))
        case "resumed": self = .resumed(outage: try fields.span("outage_us"))
        case "slept": self = .slept(try fields.span("slept_us"))
        case "paused", "continued", "suspended": self = try .pause(fields)
        case "ending": self = .ending(outcome: try fields.text("outcome"), message: try fields.message())
        case "ended": self = .ended(outcome: try fields.text("outcome"), message: try fields.message())
        default: throw ApeError(.malformed, "fact.kind is none that this version knows")
        }
    }
}

extension Fields {
    /// A length of time that a fact tells of, however long.
    fileprivate func span(_ name: String) throws(ApeError) -> Micros {
        try length(name, in: WireLimit.counts)
    }

    /// The first and the last number of some windows.
    fileprivate func numbers() throws(ApeError) -> (first: Int64, last: Int64) {
        (try integer("first_seq"), try integer("last_seq"))
    }

    fileprivate func message() throws(ApeError) -> String {
        try text("message", atMost: .max)
    }
}
