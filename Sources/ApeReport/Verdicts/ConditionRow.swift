import ApeCore
import ApeRun

/// Something that a run is judged by, for formats that list all such things alike.
struct ConditionRow: Sendable {
    /// The target's key, or the threshold as the user wrote it.
    var name: String
    /// The same without what it is held against.
    var figure: String
    /// What is measured, for people.
    var title: String
    var status: Verdict.Status
    /// Whether its failure fails the run.
    var isCritical: Bool
    /// Whether chance may have decided it.
    var isMarginal: Bool
    /// nil where nothing was measured.
    var measured: Double?
    var unit: String
    /// The measured value with its unit; nil where nothing was measured.
    var amount: String?
    /// The measured value without its unit, as precise as people are shown it; nil likewise.
    var digits: String?
    /// What it is held against, with the word for it and without the sign of the comparison, such as `target 2.0 s`.
    var limit: String
    /// What it is held against, with the comparison, in a sentence.
    var demand: String
    /// What was measured and why the status is what it is.
    var details: String
    /// Its line in the scenario's file; nil where it has none of its own.
    var line: Int?

    /// Whether the run tells anything of it.
    var isExercised: Bool { status != .notExercised }
}

extension ConditionRow {
    init(_ row: TargetRow, places: ScenarioPlaces?) {
        let target = row.target
        self.init(
            name: target.key.rawValue,
            figure: target.key.rawValue,
            title: target.title,
            status: row.status,
            isCritical: target.isCritical,
            isMarginal: row.verdict.marginal,
            measured: row.verdict.measured,
            unit: target.unit.rawValue,
            amount: row.amount,
            digits: row.verdict.measured.map(target.digits),
            limit: "target \(target.short(target.value))\(target.symbol)",
            demand: "target \(target.sentence)",
            details: row.verdict.details,
            line: places?.kpiTargets[target.key]
        )
    }

    init(_ verdict: ThresholdVerdict) {
        let condition = verdict.threshold.condition
        // What stands behind the last sign is the limit, which has none.
        let sign = condition.text.ranges(of: condition.comparison.rawValue).last
        var figure = sign.map { String(condition.text[..<$0.lowerBound]) } ?? condition.text
        while figure.hasSuffix(" ") { figure.removeLast() }
        self.init(
            name: verdict.text,
            figure: figure,
            title: verdict.text,
            status: verdict.status,
            isCritical: true,
            isMarginal: verdict.isMarginal,
            measured: verdict.measured,
            unit: condition.limit.unit,
            amount: verdict.measuredText,
            digits: verdict.measured.map(condition.digits),
            limit: "limit \(condition.amount(condition.limit.value))",
            demand: "limit \(verdict.limitText)",
            details: verdict.details,
            line: verdict.threshold.line
        )
    }
}

extension RunReport {
    /// Everything that the run is judged by, in the order in which tables have it.
    var conditions: [ConditionRow] {
        tables.targets.map { ConditionRow($0, places: places) } + verdict.thresholds.map(ConditionRow.init)
    }

    /// Such as `6 of 8 targets, 9 of 10 thresholds`: those that passed among those that the run exercised.
    var passedText: String {
        let targets = passed(tables.targets.map(\.status), "target")
        return verdict.thresholds.isEmpty
            ? targets : targets + ", " + passed(verdict.thresholds.map(\.status), "threshold")
    }

    private func passed(_ statuses: [Verdict.Status], _ noun: String) -> String {
        let exercised = statuses.filter { $0 != .notExercised }
        return "\(exercised.count { $0 == .pass }) of \(exercised.count.counting(noun))"
    }
}
