import ApeCore
import ApeMetrics
import ApeRun

extension RunReport {
    /// What the search came to; null for a run that follows a plan.
    var capacityPart: JSONValue {
        guard let capacity else { return .null }
        let (bound, search) = (capacity.bound, capacity.search)
        return [
            "of": .string(search.quantity.rawValue), "unit": .string(search.unit),
            "status": .string(capacity.status.rawValue), "value": .optional(capacity.level),
            "interval": ["low": .optional(capacity.low), "high": .optional(capacity.high)],
            "precision_percent": .number(100 * search.precision), "search": search.json,
            "bound": bound.map { bound in
                [
                    "condition": .string(bound.name), "at": .optional(capacity.boundLevel),
                    "value": .optional(bound.value), "limit": .optional(bound.limit),
                    "value_text": bound.valueText.map { .string($0) } ?? .null, "limit_text": .string(bound.limitText),
                ]
            } ?? .null,
            "party": capacity.party.map { .string($0.rawValue) } ?? .null,
            "reason": capacity.reason.map { .string($0) } ?? .null,
            "sentences": .array(capacity.sentences.map { .string($0) }),
            "tries": .array(tries.map(\.json)),
        ]
    }
}

extension CapacityRow {
    fileprivate var json: JSONValue {
        [
            "stage": .string(name), "value": .number(level), "status": .string(status.rawValue),
            "marginal": .bool(isMarginal), "bound_by": .string(bound), "bound_value": .string(value),
            "bound_limit": .string(limit), "actions_per_second": .optional(throughput),
            "reason": reason.map { .string($0) } ?? .null,
        ]
    }
}

extension JSONValue {
    /// A number; null for nil.
    fileprivate static func optional(_ number: Double?) -> JSONValue { number.map { .number($0) } ?? .null }
}
