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
            "mean_seconds": gaps == 0 ? nil : .seconds(Double(gapMicros) / Double(gaps)),
            "share_of_all": Self.share(gapMicros, of: all.gapMicros),
        ]
    }

    private func part(_ micros: Int64) -> JSONObject {
        [
            "sum_seconds": .seconds(micros),
            "mean_seconds": gaps == 0 ? nil : .seconds(Double(micros) / Double(gaps)),
            "share": Self.share(micros, of: gapMicros),
        ]
    }

    private static func share(_ micros: Int64, of all: Int64) -> JSONValue {
        all == 0 ? nil : .number(min(1, Double(micros) / Double(all)))
    }
}

extension Measures {
    /// The goals: how their sessions ended and where the time of their gaps went; the one with the most time first.
    var goalsPart: [JSONValue] {
        let (all, gaps, sessions) = (gapBreakdown, goalBreakdowns, goalSessions)
        return Set(gaps.keys).union(sessions.keys).sorted {
            (gaps[$0]?.gapMicros ?? 0, $1) > (gaps[$1]?.gapMicros ?? 0, $0)
        }
        .map { goal in
            let (gap, ended) = (gaps[goal] ?? GapBreakdown(), sessions[goal] ?? GoalSessions())
            return [
                "goal": .string(goal),
                "sessions": [
                    "completed": .integer(ended.completed), "succeeded": .integer(ended.succeeded),
                    "failed": .integer(ended.failed), "successful_stateful": .integer(ended.successfulStateful),
                ],
                "gaps": gap.gapsJSON(ofAll: all),
                "gap_parts": gap.json,
            ]
        }
    }

    /// The target's routes: their requests, the time to their answers, and where the time of the gaps that began with
    /// them went; the one that took the most time in all first.
    package var routesPart: [JSONValue] {
        let (all, gaps, requests) = (gapBreakdown, routeBreakdowns, routeRequests)
        var failed: [String: Int64] = [:]
        for failure in routeFailures {
            failed[failure.route] = (failed[failure.route] ?? 0).addingClamped(failure.count)
        }
        var answers: [String: Histogram] = [:]
        for (name, histogram) in series {
            if let route = name.value(in: .targetRoute) { answers[route] = histogram }
        }
        return Set(answers.keys).union(requests.keys).union(gaps.keys)
            .sorted { (answers[$0]?.sumMicros ?? 0, $1) > (answers[$1]?.sumMicros ?? 0, $0) }
            .map { route in
                let gap = gaps[route] ?? GapBreakdown()
                var object: JSONObject = ["route": .string(route)]
                for (key, value) in (answers[route] ?? Histogram()).json.object ?? [:] { object[key] = value }
                object["requests"] = requests[route].map { .integer($0) } ?? .null
                object["errors"] = .integer(failed[route] ?? 0)
                object["gaps"] = gap.gapsJSON(ofAll: all)
                object["gap_parts"] = gap.json
                return .object(object)
            }
    }

    /// What failed at the targets, by route and status.
    var routeFailuresPart: [JSONValue] {
        routeFailures.map {
            [
                "route": .string($0.route), "status": .string($0.status), "family": .string($0.family.rawValue),
                "count": .integer($0.count), "requests": .integer($0.requests),
                "rate": $0.rate.map { .number($0) } ?? .null,
            ]
        }
    }
}
