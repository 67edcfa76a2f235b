import ApeCore
import ApeMetrics

extension RunComparison {
    /// Compares a run with a base.
    package init(base: ComparableRun, run: ComparableRun) {
        var rows: [Row] = []
        for key in KPIKey.allCases {
            if let row = Self.row(key, base.kpis[key], run.kpis[key]) { rows.append(row) }
        }
        rows += Self.thresholdRows(base, run)
        if let row = Self.capacityRow(base.capacity, run.capacity) { rows.append(row) }
        rows += Self.stageRows(base, run)
        for name in ComparableRun.seriesNames.map(\.rawValue) {
            rows += Self.rows(.series, name, base.series[name], run.series[name])
        }
        for name in Set(base.routes.keys).union(run.routes.keys).sorted() {
            rows += Self.rows(.routes, name, base.routes[name], run.routes[name])
        }
        for kind in Set(base.failures.keys).union(run.failures.keys).sorted() {
            let reasons = Set((base.failures[kind] ?? [:]).keys).union((run.failures[kind] ?? [:]).keys)
            rows += reasons.sorted().map { Self.row("\(kind): \($0)", base.share(kind, $0), run.share(kind, $0)) }
        }
        var cautions = Self.cautions(base, run)
        if rows.contains(where: { $0.note == Self.noDistribution }) {
            cautions.append(
                "A report's file holds the distributions of gap and ttft only: other series and routes are untested."
            )
        }
        self.init(base: base, run: run, rows: rows, cautions: cautions)
    }

    /// The note on a figure whose distribution is unknown in one of the runs.
    package static let noDistribution = "no distribution"

    private static func row(_ key: KPIKey, _ base: ComparableRun.KPI?, _ run: ComparableRun.KPI?) -> Row? {
        guard let target = run?.target ?? base?.target else { return nil }
        let unit = Unit(rawValue: target.unit.rawValue) ?? .seconds
        var row = Row(group: .targets, name: key.rawValue, unit: unit, base: base?.value, run: run?.value)
        row.lowerIsBetter = target.direction == .below
        row.isCritical = target.isCritical
        guard let base, let run else {
            row.note = "measured in one run only"
            return row
        }
        if base.isInconclusive || run.isInconclusive {
            row.outcome = .inconclusive
            row.note = "INCONCLUSIVE in " + (base.isInconclusive ? run.isInconclusive ? "both" : "the base" : "the run")
        } else if let one = base.estimate, let other = run.estimate {
            row.decide(.welch, SignificanceTests.welch(one, other))
        } else if let one = base.share, let other = run.share {
            row.decide(one, other)
        } else if key.measure == .concurrentAgents {
            // It is an exact count in both runs, so there is no error to test against.
            row.note = "exact"
            row.outcome = row.isRelevant ? row.isWorse ? .worse : .better : .same
        } else {
            row.note = "its error is not known"
        }
        return row
    }

    /// The conditions of the run, each beside the same of the base.
    private static func thresholdRows(_ base: ComparableRun, _ run: ComparableRun) -> [Row] {
        run.thresholds.map { figures in
            let other = base.thresholds.first { $0.text == figures.text }
            let unit = Unit(rawValue: figures.unit) ?? .count
            var row = Row(group: .thresholds, name: figures.text, unit: unit, base: other?.value, run: figures.value)
            row.lowerIsBetter = figures.lowerIsBetter
            row.isCritical = true
            guard let other else {
                row.note = "measured in one run only"
                return row
            }
            if figures.isInconclusive || other.isInconclusive {
                row.outcome = .inconclusive
                row.note = "INCONCLUSIVE in one of the runs"
            } else if let probability = SignificanceTests.normal(
                other.value,
                other.interval,
                figures.value,
                figures.interval
            ) {
                row.decide(.intervals, probability)
            } else {
                row.note = "its error is not known"
            }
            return row
        }
    }

    private static func stageRows(_ base: ComparableRun, _ run: ComparableRun) -> [Row] {
        var seen: Set<String> = []
        return run.stages.flatMap { stage -> [Row] in
            let same = base.stages.first { $0.name == stage.name && $0.agents == stage.agents }
            guard let same, seen.insert("\(stage.name) \(stage.agents)").inserted else { return [] }
            let pairs = [("MTBA", same.gap, stage.gap), ("TTFT", same.ttft, stage.ttft)]
            return pairs.compactMap { name, one, other in
                guard let one, let other else { return nil }
                let title = "\(stage.name): \(name)"
                var row = Row(group: .stages, name: title, unit: .seconds, base: one.mean, run: other.mean)
                row.decide(.welch, SignificanceTests.welch(one, other))
                return row
            }
        }
    }

    private static func rows(
        _ group: Group,
        _ name: String,
        _ base: ComparableRun.SeriesFigures?,
        _ run: ComparableRun.SeriesFigures?
    ) -> [Row] {
        guard base != nil || run != nil else { return [] }
        var probability: Double?
        if let one = base?.histogram, let other = run?.histogram, let base, let run {
            probability = SignificanceTests.kolmogorovSmirnov(one, other, worth: (base.worth, run.worth))?.probability
        }
        let figures =
            [("mean", base?.mean, run?.mean)]
            + ComparableRun.SeriesFigures.percents.map { ("p\($0)", base?.percentiles[$0], run?.percentiles[$0]) }
        return figures.map { figure, one, other in
            var row = Row(group: group, name: "\(name) \(figure)", unit: .seconds, base: one, run: other)
            guard one != nil, other != nil else {
                row.note = "in one run only"
                return row
            }
            row.decide(.kolmogorovSmirnov, probability)
            if probability == nil { row.note = RunComparison.noDistribution }
            return row
        }
    }

    /// A reason that only one run has failed nothing in the other.
    private static func row(_ name: String, _ base: ComparableRun.Share?, _ run: ComparableRun.Share?) -> Row {
        let (one, other) = (base?.value.map { $0 * 100 }, run?.value.map { $0 * 100 })
        var row = Row(group: .failures, name: name, unit: .percent, base: one, run: other)
        if let base, let run { row.decide(base, run) } else { row.note = "in one run only" }
        return row
    }

    private static func cautions(_ base: ComparableRun, _ run: ComparableRun) -> [String] {
        var cautions: [String] = []
        if base.scenarioName != run.scenarioName {
            cautions.append("The runs are of two scenarios: \(base.scenarioName) and \(run.scenarioName).")
        }
        if base.stages.map(\.agents) != run.stages.map(\.agents) {
            cautions.append(
                "The runs held other numbers of agents: targets compare other loads, stages only like ones."
            )
        }
        return cautions + Self.cautions(base.origin, run.origin)
    }
}

extension RunComparison.Row {
    /// Whether the change is great enough to matter.
    var isRelevant: Bool {
        guard let change, let base, let run else { return false }
        let matters = unit != .percent || abs(run - base) >= 100 * RunComparison.relevantShareChange
        return abs(change) >= RunComparison.relevantChange && matters
    }

    var isWorse: Bool {
        guard let base, let run else { return false }
        return lowerIsBetter ? run > base : run < base
    }

    mutating func decide(_ test: RunComparison.Test, _ probability: Double?) {
        guard let probability else { return }
        self.test = test
        self.probability = probability
        let isSignificant = probability < SignificanceTests.level
        outcome = isSignificant && isRelevant ? isWorse ? .worse : .better : .same
    }

    mutating func decide(_ one: ComparableRun.Share, _ other: ComparableRun.Share) {
        let test = SignificanceTests.proportions((one.count, one.trials), (other.count, other.trials))
        decide(.proportions, test)
        guard test == nil else { return }
        if one.value == other.value { outcome = .same } else { note = "too few for a test" }
    }
}
