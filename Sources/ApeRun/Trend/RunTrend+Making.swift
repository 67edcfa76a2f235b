import ApeCore

extension RunTrend {
    /// Adds the run that comes next, of which nothing is shown.
    ///
    /// - Parameters:
    ///   - run: its identifier.
    ///   - startMicros: when it began; fleet time.
    ///   - reason: why nothing of it is shown.
    ///   - state: how it ended, in a word or two.
    package mutating func addGap(run: String, startMicros: Int64, _ reason: String, state: String) {
        append(Run(id: run, startMicros: startMicros, state: state, gap: reason))
        for index in lines.indices { lines[index].points.append(nil) }
    }

    /// Adds the run that comes next, with its values.
    package mutating func add(_ archive: RunArchive, state: String) {
        add(ComparableRun(archive), archive.verdict, state: state)
    }

    /// The same of a run whose figures and verdicts are at hand.
    package mutating func add(_ run: ComparableRun, _ verdict: RunVerdict, state: String) {
        var run = run
        // Nothing else is compared.
        (run.series, run.routes, run.stages, run.failures, run.trials) = ([:], [:], [], [:], [:])
        append(Run(id: run.id, startMicros: run.startMicros, state: state, origin: run.origin))
        let rows = base.map { RunComparison(base: $0, run: run).rows } ?? []
        for index in lines.indices { lines[index].points.append(nil) }
        for verdict in verdict.verdicts {
            let row = rows.first { $0.group == .targets && $0.name == verdict.key.rawValue }
            put(Point(verdict.measured, verdict.interval, verdict.status, row), on: Line(verdict.target))
        }
        for verdict in verdict.thresholds {
            let row = rows.first { $0.group == .thresholds && $0.name == verdict.text }
            put(Point(verdict.measured, verdict.interval, verdict.status, row), on: Line(verdict))
        }
        if let capacity = verdict.capacity {
            let row = rows.first { $0.group == .targets && $0.name == Line.capacityName }
            put(Point(capacity.level, capacity.interval, capacity.status, row), on: Line(capacity))
        }
        take(run)
    }

    /// Keeps the values that the next ones are compared with.
    private mutating func take(_ run: ComparableRun) {
        var next = base ?? run
        for (key, kpi) in run.kpis { next.kpis[key] = kpi.isInconclusive ? base?.kpis[key] : kpi }
        for figures in run.thresholds {
            let old = base?.thresholds.first { $0.text == figures.text }
            next.thresholds.removeAll { $0.text == figures.text }
            if let kept = figures.isInconclusive ? old : figures { next.thresholds.append(kept) }
        }
        next.capacity = run.capacity?.level == nil ? base?.capacity : run.capacity
        base = next
    }

    private mutating func put(_ point: Point?, on line: Line) {
        guard let point else { return }
        var line = line
        if let place = lines.firstIndex(where: { $0.name == line.name }) {
            line.points = lines[place].points
            line.points[runs.count - 1] = point
            lines[place] = line
        } else {
            line.points = Array(repeating: nil, count: runs.count)
            line.points[runs.count - 1] = point
            lines.append(line)
        }
    }

    /// Adds a run, and breaks the lines where its figures are not those of the run before it.
    private mutating func append(_ run: Run) {
        var run = run
        if let before = runs.last(where: { $0.origin != nil })?.origin, let origin = run.origin {
            run.breaks = Self.breaks(before, origin)
        }
        if !run.breaks.isEmpty { base = nil }
        runs.append(run)
    }

    private static func breaks(_ before: RunOrigin, _ origin: RunOrigin) -> [String] {
        var breaks: [String] = []
        if before.measuredBy?.definitions != origin.measuredBy?.definitions {
            breaks.append("another measurement version")
        }
        if before.scenarioHash != origin.scenarioHash { breaks.append("another scenario") }
        if before.planHash != origin.planHash { breaks.append("another plan (\(origin.plan))") }
        return breaks
    }
}

extension RunTrend {
    /// The trend with what changed told from what may be chance.
    ///
    /// Each value is compared with the latest one before it on its line, by the tests of ``RunComparison``. Among many
    /// comparisons some differ by chance, so the probabilities of all lines together are held to 5 % by Holm's method: a
    /// trend in which nothing changed shows any change with a probability of 5 % at most (Holm, Scandinavian Journal of
    /// Statistics 6, 1979). Exact counts, which no test is made of, change where they differ by enough to matter.
    package func settled() -> RunTrend {
        var settled = self
        let all = lines.flatMap { $0.points.compactMap { $0?.probability } }
        let limit = SignificanceTests.holmLimit(all)
        for line in lines.indices {
            for run in runs.indices {
                guard let point = lines[line].points[run] else { continue }
                let stands = point.probability.map { $0 <= limit } ?? true
                let change: Change? =
                    switch point.outcome {
                    case .better: .better
                    case .worse: .worse
                    default: nil
                    }
                settled.lines[line].points[run]?.change = stands ? change : nil
            }
        }
        return settled
    }
}

extension RunTrend.Point {
    /// nil where nothing was measured.
    init?(_ value: Double?, _ interval: Interval?, _ status: Verdict.Status, _ row: RunComparison.Row?) {
        guard let value else { return nil }
        let isInconclusive = status == .inconclusive
        let row = isInconclusive || row?.base == nil ? nil : row
        self.init(
            value: value,
            interval: interval,
            isInconclusive: isInconclusive,
            base: row?.base,
            probability: row?.probability,
            outcome: row?.outcome ?? .untested
        )
    }
}

extension CapacityAnswer {
    /// nil where an end is not known.
    fileprivate var interval: Interval? {
        guard let low, let high else { return nil }
        return Interval(low: low, high: high)
    }
}

extension RunTrend.Line {
    fileprivate static let capacityName = "capacity"

    init(_ capacity: CapacityAnswer) {
        self.init(
            name: Self.capacityName,
            title: "Capacity",
            symbol: " \(capacity.search.unit)",
            places: capacity.search.quantity == .agents ? 0 : 2,
            demand: "-",
            points: []
        )
    }

    init(_ verdict: ThresholdVerdict) {
        let limit = verdict.threshold.condition.limit
        let places =
            switch limit {
            case .duration: 3
            case .percent, .perSecond, .perMinute, .perHour: 2
            case .number, .bytes: 0
            }
        self.init(
            name: verdict.text,
            title: verdict.text,
            symbol: limit.symbol,
            places: places,
            limit: limit.value,
            demand: verdict.limitText,
            points: []
        )
    }

    init(_ target: KPITarget) {
        self.init(
            name: target.key.rawValue,
            title: target.shortTitle,
            symbol: target.symbol,
            places: target.unit == .seconds ? 3 : target.unit == .percent ? 1 : 0,
            limit: target.value,
            demand: "\(target.direction.rawValue) \(target.short(target.value))\(target.symbol)",
            points: []
        )
    }
}

extension SignificanceTests {
    /// Holm's method: the greatest probability that is significant among all of them, so that the probability of any
    /// significant one where nothing differs is ``level`` at most.
    ///
    /// - Returns: a negative number where none is.
    static func holmLimit(_ probabilities: [Double]) -> Double {
        var limit = -1.0
        for (place, probability) in probabilities.sorted().enumerated() {
            guard probability < level / Double(probabilities.count - place) else { break }
            limit = probability
        }
        return limit
    }
}
