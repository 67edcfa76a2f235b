import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

extension LiveRun {
    /// What ``json`` has as its `type`.
    package static let typeName = "live"

    /// The moment for other programs; ``init(json:)`` reads it.
    package var json: JSONValue {
        [
            "type": .string(Self.typeName), "run": .string(run), "scenario": .string(scenario),
            "is_demo": .bool(isDemo), "start_time": .string(startTime), "time": .string(time),
            "elapsed_seconds": .integer(elapsedSeconds), "phase": phase.map { .string($0.rawValue) } ?? .null,
            "paused": .bool(isPaused), "plan": plan.json,
            "left": [
                "phase_seconds": .optional(left.phase), "stage_seconds": .optional(left.stage),
                "run_seconds": .optional(left.run),
            ],
            "agents": [
                "target": .integer(agents.target), "assigned": .integer(agents.assigned),
                "active": .integer(agents.active), "stalled": .optional(agents.stalled.map(Int64.init)),
                "waiting": .integer(agents.waiting),
            ],
            "fleet": [
                "expected": .integer(fleet.expected), "connected": .integer(fleet.connected),
                "silent": .integer(fleet.silent), "lost": .integer(fleet.lost),
            ],
            "workers": .array(workers.map(\.json)), "further_workers": .integer(furtherWorkers),
            "mtba": mtba.json, "ttft": ttft?.json ?? .null, "targets": .array(targets.map(\.json)),
            "thresholds": .array(thresholds.map(\.json)), "sessions": sessions.json,
            "actions_per_second": .optional(actionsPerSecond),
            "decisions_per_second": .optional(decisionsPerSecond),
            "silent_seconds": .integer(silentSeconds), "tokens": tokens?.json ?? .null,
            "cost": .optional(cost), "budget": .optional(budget), "arrivals": arrivals?.json ?? .null,
            "tries": .array(tries.map(\.json)), "events": .array(events.map(\.json)),
        ]
    }
}

extension JSONValue {
    fileprivate static func optional(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? .null }
    fileprivate static func optional(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    fileprivate static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    fileprivate static func integer(_ value: Int) -> JSONValue { .integer(Int64(value)) }
}

extension LiveRun.PlanPart {
    fileprivate var json: JSONValue {
        [
            "stages": .array(
                stages.map { stage in
                    [
                        "name": .string(stage.name), "agents": .integer(stage.agents),
                        "seconds": .optional(stage.seconds), "status": .optional(stage.status?.rawValue),
                    ]
                }
            ),
            "first": .integer(first), "count": .integer(count), "current": .optional(current.map(Int64.init)),
            "search": .bool(isSearch), "share": .optional(share),
        ]
    }
}

extension LiveRun.Worker {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "link": .string(link.rawValue), "assigned": .optional(assigned.map(Int64.init)),
            "active": .optional(active.map(Int64.init)), "cpu_percent": .optional(cpuPercent),
            "lag_seconds": .optional(lagSeconds),
        ]
    }
}

extension LiveRun.Latency {
    fileprivate var json: JSONValue {
        [
            "now_seconds": .optional(now), "mean_seconds": .optional(mean), "p95_seconds": .optional(p95),
            "target_seconds": .optional(target), "status": .optional(status?.rawValue),
            "recent_seconds": .array(recent.map { .optional($0) }),
        ]
    }
}

extension LiveRun.Condition {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "title": .string(title), "measured": .optional(measured), "limit": .string(limit),
            "status": .optional(status?.rawValue),
        ]
    }
}

extension LiveRun.Sessions {
    fileprivate var json: JSONValue {
        [
            "completed": .integer(completed), "good": .integer(good), "good_percent": .optional(goodPercent),
            "failed": .array(
                failed.map {
                    [
                        "party": .string($0.party.rawValue), "count": .integer($0.count),
                        "percent": .optional($0.percent),
                    ]
                }
            ),
        ]
    }
}

extension LiveRun.Tokens {
    fileprivate var json: JSONValue {
        ["in": .integer(input), "out": .integer(output), "estimated": .bool(isEstimated)]
    }
}

extension LiveRun.ArrivalPart {
    fileprivate var json: JSONValue {
        [
            "asked_per_second": .number(askedPerSecond), "reached_per_second": .optional(reachedPerSecond),
            "late_percent": .optional(latePercent), "lateness_p99_seconds": .optional(latenessSeconds),
        ]
    }
}

extension LiveRun.Try {
    fileprivate var json: JSONValue {
        [
            "level": .string(level), "status": .string(status.rawValue), "bound": .string(bound),
            "value": .string(value), "limit": .string(limit),
        ]
    }
}

extension LiveRun.Event {
    fileprivate var json: JSONValue {
        ["time": .string(time), "level": .string(level.rawValue), "message": .string(message)]
    }
}
