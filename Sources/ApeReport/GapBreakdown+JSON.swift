import ApeCore
import ApeMetrics
import ApeRun

extension GapBreakdown {
    /// Each part's sum, mean and share. The five parts sum to the gaps, and a decision's two to the decision.
    package var json: JSONValue {
        var decision = part(decisionMicros)
        decision["first_token"] = .object(part(firstTokenMicros))
        decision["generation"] = .object(part(generationMicros))
        return [
            "decision": .object(decision), "target": .object(part(targetMicros)), "think": .object(part(thinkMicros)),
            "retry_wait": .object(part(retryWaitMicros)), "overhead": .object(part(overheadMicros)),
        ]
    }

    /// The gaps themselves, and which share they are of all.
    func gapsJSON(ofAll all: GapBreakdown) -> JSONValue {
        [
            "count": .integer(gaps), "sum_seconds": .seconds(gapMicros),
            "mean_seconds": .seconds(meanMicros),
            "share_of_all": all.share(of: gapMicros).map { .number($0) } ?? .null,
        ]
    }

    private func part(_ micros: Int64) -> JSONObject {
        [
            "sum_seconds": .seconds(micros),
            "mean_seconds": .seconds(meanMicros(of: micros)), "share": share(of: micros).map { .number($0) } ?? .null,
        ]
    }
}

extension GoalRow {
    /// How its sessions ended, and where the time of its gaps went.
    func json(ofAll all: GapBreakdown) -> JSONValue {
        let ended = sessions ?? GoalSessions()
        return [
            "goal": .string(name),
            "sessions": [
                "completed": .integer(ended.completed), "succeeded": .integer(ended.succeeded),
                "failed": .integer(ended.failed), "successful_stateful": .integer(ended.successfulStateful),
            ],
            "gaps": gap.gapsJSON(ofAll: all),
            "gap_parts": gap.json,
        ]
    }
}

extension RouteRow {
    /// Its answers and failures, and where the time of the gaps went that began with it.
    package func json(ofAll all: GapBreakdown) -> JSONValue {
        var object: JSONObject = ["route": .string(name)]
        for (key, value) in answers.json.object ?? [:] { object[key] = value }
        object["good_answers"] = good.json
        object["requests"] = requests.map { .integer($0) } ?? .null
        object["errors"] = .integer(errors)
        object["gaps"] = gap.gapsJSON(ofAll: all)
        object["gap_parts"] = gap.json
        return .object(object)
    }
}

extension RouteFailure {
    /// What failed at a target, by route and status.
    var json: JSONValue {
        [
            "route": .string(route), "status": .string(status), "party": .string(party.rawValue),
            "family": .string(party.rawValue),
            "count": .integer(count), "requests": .integer(requests),
            "rate": rate.map { .number($0) } ?? .null,
        ]
    }
}
