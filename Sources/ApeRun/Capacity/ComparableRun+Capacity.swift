import ApeCore
import ApeMetrics

extension ComparableRun {
    /// What a search came to.
    package struct CapacityFigures: Sendable, Equatable {
        package var quantity: CapacitySearch.Quantity
        /// nil where there was no answer.
        package var level: Double?
        package var low: Double?
        package var high: Double?

        package init(quantity: CapacitySearch.Quantity, level: Double?, low: Double?, high: Double?) {
            self.quantity = quantity
            self.level = level
            self.low = low
            self.high = high
        }

        init(_ capacity: CapacityAnswer) {
            self.init(
                quantity: capacity.search.quantity,
                level: capacity.level,
                low: capacity.low,
                high: capacity.high
            )
        }

        /// What a report's file has of it; nil for one without.
        package init?(_ json: JSONValue?) {
            guard let quantity = json?["of"]?.string.flatMap(CapacitySearch.Quantity.init) else { return nil }
            let interval = json?["interval"]
            self.init(
                quantity: quantity,
                level: json?["value"]?.number,
                low: interval?["low"]?.number,
                high: interval?["high"]?.number
            )
        }

        /// Such as `156 .. 160`.
        var range: String {
            var search = CapacitySearch()
            search.quantity = quantity
            return "\(low.map(search.digits) ?? "?") .. \(high.map(search.digits) ?? "?")"
        }
    }
}

extension RunComparison {
    /// Two capacities differ where their intervals do not meet: where their true values lie between what passed and what
    /// failed, no test says more.
    static func capacityRow(_ base: ComparableRun.CapacityFigures?, _ run: ComparableRun.CapacityFigures?) -> Row? {
        guard let quantity = run?.quantity ?? base?.quantity else { return nil }
        let unit: Unit = quantity == .agents ? .agents : .perSecond
        var row = Row(group: .targets, name: "capacity", unit: unit, base: base?.level, run: run?.level)
        row.lowerIsBetter = false
        row.isCritical = true
        guard let base, let run, base.quantity == run.quantity else {
            if let base, let run, base.quantity != run.quantity { row.base = nil }
            row.note = "searched for in one run only"
            return row
        }
        row.note = "\(base.range), then \(run.range)"
        guard base.level != nil, run.level != nil else {
            row.outcome = .inconclusive
            row.note = "no answer in one of the runs"
            return row
        }
        let isLess = run.high.map { $0 < base.low ?? 0 } ?? false
        let isMore = base.high.map { $0 < run.low ?? 0 } ?? false
        row.outcome = (isLess || isMore) && row.isRelevant ? isLess ? .worse : .better : .same
        return row
    }
}

extension CapacityAnswer {
    /// What a list of runs keeps of it.
    package var summary: JSONValue {
        [
            "of": .string(search.quantity.rawValue), "value": level.map { .number($0) } ?? .null,
            "low": low.map { .number($0) } ?? .null, "high": high.map { .number($0) } ?? .null,
            "words": .string(shortText),
        ]
    }

    /// The answer in a few words, for lists of runs.
    package var shortText: String {
        guard let level else { return "capacity \(status == .fail ? "none" : "unknown")" }
        return "capacity \(high == nil ? "at least " : "")\(search.words(level))"
    }
}
