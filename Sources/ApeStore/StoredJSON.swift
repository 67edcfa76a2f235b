import ApeCore
import ApeMetrics

/// The columns that are JSON. Reading returns nil for a text that none was written as.
enum StoredJSON {
    static func value(of plan: Plan) -> JSONValue {
        .array(
            plan.stages.map {
                [
                    "name": .string($0.name), "agents": .integer(Int64($0.agents)), "ramp_us": .integer($0.rampMicros),
                    "warmup_us": .integer($0.warmupMicros), "hold_us": .integer($0.holdMicros),
                ]
            }
        )
    }

    static func plan(from value: JSONValue) -> Plan? {
        guard let stages = value.array?.map(stage(from:)), !stages.contains(nil) else { return nil }
        return Plan(stages: stages.compactMap { $0 })
    }

    private static func stage(from value: JSONValue) -> Stage? {
        guard let name = value["name"]?.string, let agents = value["agents"]?.integer,
            let ramp = value["ramp_us"]?.integer, let warmup = value["warmup_us"]?.integer,
            let hold = value["hold_us"]?.integer
        else { return nil }
        return Stage(name: name, agents: Int(agents), rampMicros: ramp, warmupMicros: warmup, holdMicros: hold)
    }

    static func value(of event: FleetEvent) -> JSONValue {
        var object: JSONObject = [
            "at_us": .integer(event.atMicros), "level": .string(event.level.rawValue), "code": .string(event.code),
            "message": .string(event.message),
        ]
        object["worker"] = event.worker.map { .string($0) }
        object["agent"] = event.agent.map { .integer(Int64($0)) }
        object["trace_id"] = event.traceID.map { .string($0) }
        return .object(object)
    }

    static func event(from value: JSONValue) -> FleetEvent? {
        guard let at = value["at_us"]?.integer, let level = value["level"]?.string.flatMap(FleetEvent.Level.init),
            let code = value["code"]?.string, let message = value["message"]?.string
        else { return nil }
        return FleetEvent(
            atMicros: at,
            level: level,
            code: code,
            message: message,
            worker: value["worker"]?.string,
            agent: value["agent"]?.integer.map { Int($0) },
            traceID: value["trace_id"]?.string
        )
    }

    static func value(of worker: StoredWorker) -> JSONValue {
        var labels = JSONObject()
        for (name, label) in worker.facts.labels.sorted(by: { $0.key < $1.key }) { labels[name] = .string(label) }
        return [
            "name": .string(worker.facts.name), "version": .string(worker.facts.version), "labels": .object(labels),
            "cpus": .integer(Int64(worker.facts.cpus)), "memory_bytes": .integer(worker.facts.memoryBytes),
            "max_agents": .integer(Int64(worker.facts.maxAgents)),
            "presences": .array(worker.presences.map(value(of:))),
        ]
    }

    private static func value(of presence: WorkerPresence) -> JSONValue {
        [
            "from_us": .integer(presence.fromMicros), "to_us": presence.toMicros.map { .integer($0) } ?? .null,
            "ending": presence.ending.map { .string($0.rawValue) } ?? .null,
        ]
    }

    static func worker(id: String, from value: JSONValue) -> StoredWorker? {
        guard let name = value["name"]?.string, let version = value["version"]?.string,
            let labels = value["labels"]?.object, let cpus = value["cpus"]?.integer,
            let memory = value["memory_bytes"]?.integer, let agents = value["max_agents"]?.integer,
            let presences = value["presences"]?.array
        else { return nil }
        let facts = WorkerFacts(
            id: id,
            name: name,
            version: version,
            labels: labels.reduce(into: [:]) { $0[$1.key] = $1.value.string },
            cpus: Int(cpus),
            memoryBytes: memory,
            maxAgents: Int(agents)
        )
        let stays = presences.compactMap { presence in
            presence["from_us"]?.integer.map {
                WorkerPresence(
                    fromMicros: $0,
                    toMicros: presence["to_us"]?.integer,
                    ending: presence["ending"]?.string.flatMap(WorkerPresence.Ending.init)
                )
            }
        }
        return StoredWorker(facts: facts, presences: stays)
    }
}
