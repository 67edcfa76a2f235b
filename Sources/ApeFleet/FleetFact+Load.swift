import ApeCore
import ApeWire

/// What was too much, of a worker or for the store, and how a worker ended, as JSON.
extension FleetFact.Kind {
    static func overBudget(_ fields: Fields) throws(ApeError) -> Self {
        .overBudget(
            worker: try fields.identifier("worker"),
            try fields.choice("what", of: Excess.self),
            count: try fields.integer("count")
        )
    }

    static func stoppedMembers(_ worker: String, _ lastSeq: Int64, _ taken: [TakenArrivals]) -> JSONObject {
        var members: JSONObject = [
            "kind": "stopped", "worker": .string(worker), "last_seq": .integer(lastSeq, in: WireLimit.counts),
        ]
        if !taken.isEmpty { members["taken"] = taken.json }
        return members
    }

    /// The beginning of a pause or its end, or a suspension.
    static func pause(_ fields: Fields) throws(ApeError) -> Self {
        switch try fields.text("kind") {
        case "continued": .continued(after: try fields.length("paused_us", in: WireLimit.counts))
        case "suspended": .suspended
        default: .paused
        }
    }

    static func stallMembers(_ length: Micros) -> JSONObject {
        ["kind": "store_stalled", "length_us": .integer(length.micros, in: WireLimit.counts)]
    }
}

extension Excess {
    func members(of worker: String, count: Int64) -> JSONObject {
        [
            "kind": "over_budget", "worker": .string(worker), "what": .string(rawValue),
            "count": .integer(count, in: WireLimit.counts),
        ]
    }
}
