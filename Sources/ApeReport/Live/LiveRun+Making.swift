import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

extension LiveRun {
    /// What is said of a run beside its measurements.
    package struct Subject: Sendable {
        package var run: String
        package var scenarioName: String
        package var isDemo: Bool
        package var rules: JudgingRules
        /// What the model's tokens cost; nil where nothing is said of cost.
        package var price: Scenario.TokenPrice?
        /// What the run may cost; nil for no limit.
        package var budget: Double?
        /// When the run was made; fleet time.
        package var createdMicros: Int64

        package init(
            run: String,
            scenarioName: String,
            isDemo: Bool,
            rules: JudgingRules,
            price: Scenario.TokenPrice?,
            budget: Double?,
            createdMicros: Int64
        ) {
            self.run = run
            self.scenarioName = scenarioName
            self.isDemo = isDemo
            self.rules = rules
            self.price = price
            self.budget = budget
            self.createdMicros = createdMicros
        }
    }

    /// Makes it of what is stored and of how the fleet goes.
    ///
    /// - Parameters:
    ///   - subject: the run.
    ///   - ledger: what was measured, cut at the moment up to which it is known.
    ///   - progress: how the fleet goes; nil before the first heartbeat.
    ///   - nowMicros: fleet time.
    ///   - events: what happened to the fleet last; the newest last.
    package init(_ subject: Subject, ledger: RunLedger, progress: Progress?, nowMicros: Int64, events: [FleetEvent]) {
        let elapsed = nowMicros.subtractingClamped(subject.createdMicros)
        self.init(
            run: subject.run.cut(to: Self.nameBytes),
            scenario: subject.scenarioName.cut(to: Self.nameBytes),
            isDemo: subject.isDemo,
            startTime: Timestamp.text(micros: subject.createdMicros),
            time: Timestamp.text(micros: nowMicros),
            elapsedSeconds: max(0, elapsed) / 1_000_000,
            phase: progress?.phase
        )
        isPaused = progress?.isPaused ?? false
        let verdict = RunVerdict(judging: ledger, rules: subject.rules)
        let tables = RunTables(ledger, verdict, price: subject.price)
        // How the conditions of a run that goes on stand is not how they would be judged at its end.
        let thresholds =
            ledger.thresholds.isEmpty ? [] : RunVerdict.thresholdsSoFar(of: ledger, rules: subject.rules)
        setPlan(ledger.plan, tables.stages, progress, nowMicros: nowMicros)
        setAgents(progress)
        setWorkers(ledger)
        setMeans(ledger, tables, verdict, subject.rules)
        setLatest(ledger, subject.rules, nowMicros: nowMicros)
        setSessions(tables, verdict)
        self.thresholds = thresholds.map(Condition.init)
        targets = tables.targets.filter { $0.verdict.measured != nil }.map(Condition.init)
        tokens = tables.tokens.tokens.map {
            Tokens(input: $0.input, output: $0.output, isEstimated: tables.tokens.isEstimated)
        }
        cost = tables.tokens.cost
        budget = subject.budget
        setTries(verdict, tables)
        self.events = events.suffix(Self.maximumEvents).map(Event.init)
    }

    private mutating func setAgents(_ progress: Progress?) {
        guard let progress else { return }
        agents.target = progress.targetAgents
        agents.assigned = progress.assignedAgents
        agents.active = progress.activeAgents
        agents.waiting = progress.waitingAgents
        fleet = Fleet(
            expected: progress.expectedWorkers,
            connected: progress.connectedWorkers,
            silent: progress.silentWorkers
        )
    }

    private mutating func setSessions(_ tables: RunTables, _ verdict: RunVerdict) {
        let failures = tables.sessionFailures
        sessions.completed = failures.completedSessions
        sessions.good = tables.hold[.sessionsSuccessfulStateful]
        sessions.goodPercent = verdict[.successfulStatefulSessions]?.measured
        sessions.failed = failures.parties.map { party, count in
            PartyCount(party: party, count: count, percent: failures.share(of: party).map { 100 * $0 })
        }
    }

    private mutating func setTries(_ verdict: RunVerdict, _ tables: RunTables) {
        guard let capacity = verdict.capacity else { return }
        tries = capacity.tries.suffix(Self.maximumTries).map { attempt in
            let row = CapacityRow(attempt, in: capacity, tables.stages[attempt.stage])
            return Try(
                level: capacity.search.words(row.level),
                status: row.status,
                bound: row.bound.cut(to: Self.sentenceBytes),
                value: row.value,
                limit: row.limit
            )
        }
    }
}

extension LiveRun.Condition {
    fileprivate init(_ verdict: ThresholdVerdict) {
        self.init(
            name: verdict.text.cut(to: LiveRun.sentenceBytes),
            title: verdict.text.cut(to: LiveRun.sentenceBytes),
            measured: verdict.measuredText,
            limit: verdict.limitText,
            status: verdict.measured == nil ? nil : verdict.status
        )
    }

    fileprivate init(_ row: TargetRow) {
        let target = row.target
        self.init(
            name: target.key.rawValue,
            title: target.shortTitle,
            measured: row.amount,
            limit: "\(target.direction.rawValue) \(target.short(target.value))\(target.symbol)",
            status: row.verdict.measured.map { target.passes($0) ? .pass : .fail }
        )
    }
}

extension LiveRun.Event {
    fileprivate init(_ event: FleetEvent) {
        self.init(
            time: Timestamp.text(event.at),
            level: event.level,
            message: event.message.cut(to: LiveRun.sentenceBytes)
        )
    }
}
