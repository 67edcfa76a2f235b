extension Arrivals {
    /// The arrivals as they stand on the wire and in stores.
    package var members: JSONObject {
        [
            "from_per_second": .number(fromPerSecond), "per_second": .number(perSecond),
            "pattern": .string(pattern.rawValue),
        ]
    }

    /// Arrivals that ``members`` has written; nil for what is none.
    package init?(json: JSONValue) {
        guard let from = json["from_per_second"]?.number, let rate = json["per_second"]?.number,
            let pattern = json["pattern"]?.string.flatMap(Pattern.init), from > 0 || rate > 0,
            [from, rate].allSatisfy((0...Self.rates.upperBound).contains)
        else { return nil }
        self.init(fromPerSecond: from, perSecond: rate, pattern: pattern)
    }
}
