import ApeMetrics
import ApeCore

/// Reads and writes the columns that are JSON. Reading returns nil for JSON of another form.
enum StoredJSON {
    static func value(of plan: Plan) -> JSONValue {
        let stages = JSONValue.array(plan.stages.map(value(of:)))
        return plan.search.map { ["stages": stages, "search": $0.json] } ?? stages
    }

    private static func value(of stage: Stage) -> JSONValue {
        var members: JSONObject = [
            "name": .string(stage.name), "agents": .integer(Int64(stage.agents)),
            "ramp_us": .integer(stage.rampMicros), "warmup_us": .integer(stage.warmupMicros),
            "hold_us": .integer(stage.holdMicros),
        ]
        if stage.isOpen { members["is_open"] = true }
        if let arrivals = stage.arrivals { members["arrivals"] = .object(arrivals.members) }
        return .object(members)
    }

    static func plan(from value: JSONValue) -> Plan? {
        guard let stages = (value.array ?? value["stages"]?.array)?.map(stage(from:)), !stages.contains(nil),
            stages.count <= WindowBounds.stages.count
        else { return nil }
        var plan = Plan(stages: stages.compactMap { $0 })
        if let search = value["search"] {
            guard let search = try? CapacitySearch(json: search) else { return nil }
            plan.search = search
        }
        return plan
    }

    private static func stage(from value: JSONValue) -> Stage? {
        guard let name = value["name"]?.string, let agents = value["agents"]?.integer,
            let ramp = value["ramp_us"]?.integer, let warmup = value["warmup_us"]?.integer,
            let hold = value["hold_us"]?.integer, WindowBounds.agents.contains(agents),
            [ramp, warmup, hold].allSatisfy((0...DurationText.maximumMicros).contains)
        else { return nil }
        let arrivals = value["arrivals"].map { Arrivals(json: $0) }
        if case .some(.none) = arrivals { return nil }
        return Stage(
            name: name,
            agents: Int(agents),
            rampMicros: ramp,
            warmupMicros: warmup,
            holdMicros: hold,
            isOpen: value["is_open"]?.bool ?? false,
            arrivals: arrivals ?? nil
        )
    }
}
