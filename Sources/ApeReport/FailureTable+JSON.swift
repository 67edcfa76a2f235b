import ApeCore
import ApeMetrics
import ApeRun

extension RunReport {
    /// What failed in the holds: by party with what was seen, by family and reason, and by route.
    var failuresPart: JSONValue {
        var object = tables.hold.failuresPart.object ?? [:]
        object["parties"] = .array(tables.sessionFailures.rows.map(failurePart))
        return .object(object)
    }

    private func failurePart(_ row: FailureTable.Row) -> JSONValue {
        [
            "party": .string(row.party.rawValue), "reason": .string(row.reason.rawValue),
            "status": row.status.map { .integer(Int64($0)) } ?? .null,
            "route": row.route.map { .string($0) } ?? .null, "goal": row.goal.map { .string($0) } ?? .null,
            "count": .integer(row.count), "share": .number(row.share),
            "first_time": time(row.seconds.map { $0.lowerBound * 1_000_000 }),
            "last_time": time(row.seconds.map { $0.upperBound * 1_000_000 }),
            "exemplar_trace_id": row.exemplar?.traceID.map { .string($0) } ?? .null,
        ]
    }
}
