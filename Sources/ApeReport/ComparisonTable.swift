import ApeCore
import ApeMetrics
import ApeRun

/// A comparison in a terminal, and as JSON.
package struct ComparisonTable: Sendable {
    package var comparison: RunComparison
    package var width: Int
    /// Whether figures that did not change are left out.
    package var showsChangesOnly: Bool

    package init(_ comparison: RunComparison, width: Int = VerdictTable.defaultWidth, showsChangesOnly: Bool = false) {
        self.comparison = comparison
        self.width = max(width, VerdictTable.leastWidth)
        self.showsChangesOnly = showsChangesOnly
    }

    /// The whole text, ended by a newline.
    package var text: String {
        let (base, run) = (comparison.base, comparison.run)
        var parts = ["Base \(words(base))\nRun  \(words(run))"]
        for group in RunComparison.Group.allCases {
            let rows = comparison.rows.filter { row in
                row.group == group && (!showsChangesOnly || row.outcome != .same || group == .targets)
            }
            if !rows.isEmpty { parts.append(lines(group, rows).joined(separator: "\n")) }
        }
        var last = comparison.cautions.flatMap { WrappedText.lines("Caution: \($0)", width: width) }
        if comparison.rows.contains(where: { $0.test != nil }) {
            last += WrappedText.lines(Self.method, width: width)
        }
        last += WrappedText.lines(comparison.sentence, width: width)
        return (parts + [last.joined(separator: "\n")]).joined(separator: "\n\n") + "\n"
    }

    /// What counts as a change.
    static var method: String {
        let relevant = Decimals.text(RunComparison.relevantChange * 100, places: 0)
        return
            "Changed is what differs at the 5 % level and by at least \(relevant) %. Of every twenty figures without any "
            + "change one differs at that level by chance."
    }

    private func words(_ run: ComparableRun) -> String {
        let when = Timestamp.text(micros: run.startMicros).prefix(19).replacing("T", with: " ")
        return PlainText.line("\(run.id), \(run.scenarioName), \(when) UTC")
    }

    private func lines(_ group: RunComparison.Group, _ rows: [RunComparison.Row]) -> [String] {
        var table = TextTable([
            .init(title: group.rawValue.prefix(1).uppercased() + group.rawValue.dropFirst(), gives: true),
            .init(title: "Base", isNumeric: true), .init(title: "Run", isNumeric: true),
            .init(title: "Change", isNumeric: true), .init(title: "p", isNumeric: true), .init(title: "Result"),
        ])
        table.rows = rows.map { row in
            [
                row.name, amount(row.base, row.unit), amount(row.run, row.unit), change(row),
                row.probability.map(probability) ?? "-", result(row),
            ]
        }
        return table.lines(width: width)
    }

    func amount(_ value: Double?, _ unit: RunComparison.Unit) -> String {
        guard let value else { return "-" }
        switch unit {
        case .seconds: return Decimals.text(value, places: 3) + " s"
        case .percent: return Decimals.text(value, places: 1) + " %"
        case .agents: return Decimals.text(value, places: 0)
        case .count: return Decimals.text(value, places: value == value.rounded() ? 0 : 1)
        case .bytes: return ByteText.text(value)
        case .perSecond: return Decimals.text(value, places: 2) + "/s"
        case .perMinute: return Decimals.text(value, places: 2) + "/min"
        case .perHour: return Decimals.text(value, places: 2) + "/h"
        }
    }

    func change(_ row: RunComparison.Row) -> String {
        guard let change = row.change else { return "-" }
        guard change.isFinite else { return "from 0" }
        return (change > 0 ? "+" : "") + Decimals.text(change * 100, places: 1) + " %"
    }

    func probability(_ value: Double) -> String {
        value < 0.001 ? "<0.001" : Decimals.text(value, places: 3)
    }

    func result(_ row: RunComparison.Row) -> String {
        switch row.outcome {
        case .better: "BETTER"
        case .worse: "WORSE"
        case .same: "no change"
        case .inconclusive: row.note ?? "inconclusive"
        case .untested: row.note ?? "not tested"
        }
    }
}

extension RunComparison {
    /// The whole comparison; durations in seconds, shares in percent.
    package var json: JSONValue {
        [
            "schema_version": "1.0", "base": Self.json(base), "run": Self.json(run),
            "significance_level": .number(SignificanceTests.level), "relevant_change": .number(Self.relevantChange),
            "summary": .string(sentence),
            "cautions": .array(cautions.map { .string($0) }),
            "rows": .array(rows.map(\.json)),
        ]
    }

    private static func json(_ run: ComparableRun) -> JSONValue {
        [
            "id": .string(run.id), "scenario": .string(run.scenarioName),
            "start_time": .string(Timestamp.text(micros: run.startMicros)),
        ]
    }
}

extension RunComparison.Row {
    fileprivate var json: JSONValue {
        [
            "group": .string(group.rawValue), "name": .string(name), "unit": .string(unit.rawValue),
            "base": base.map { .number($0) } ?? .null, "run": run.map { .number($0) } ?? .null,
            // Null from nothing to something, too: JSON has no word for the infinite.
            "change": change.flatMap { $0.isFinite ? .number($0) : nil } ?? .null,
            "lower_is_better": .bool(lowerIsBetter), "critical": .bool(isCritical),
            "test": test.map { .string($0.rawValue) } ?? .null,
            "probability": probability.map { .number($0) } ?? .null,
            "outcome": .string(outcome.rawValue), "note": note.map { .string($0) } ?? .null,
        ]
    }
}
