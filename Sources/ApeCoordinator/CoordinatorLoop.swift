import ApeChannel
import ApeCore
import ApeFleet
import ApeMetrics
import ApeProgram
import ApeReport
import ApeRun
import ApeSite
import ApeStore
import ApeWire
import Logging

/// Owns the coordinator's machine: takes one event after the other and does what the machine says.
actor CoordinatorLoop {
    /// Work that goes on beside the loop.
    typealias Job = @Sendable () async -> Void

    /// How long what a run looks like is shown before it is made anew.
    static let livePeriod = Micros(900_000)
    /// How often the terminal's size is looked at.
    static let sizePeriod = Duration.milliseconds(100)

    let configuration: CoordinatorConfiguration
    let store: RunStore
    let clock: SteadyClock<FleetTime>
    /// What the run is held against at its end.
    let baseline: ComparableRun?
    /// What the run may cost; nil for no limit.
    private let costLimit: CostLimit?
    private let rows: RowSource
    private let logger: Logger
    private let jobs: AsyncStream<Job>.Continuation
    private(set) var machine: CoordinatorMachine
    var record: RunRecord
    var display: LiveDisplay
    private var alarm: Alarm?
    private var connections: [ConnectionID: ControlConnection] = [:]
    private(set) var outcome: RunOutcome?
    private var progress: Progress?
    /// What happened to the fleet last; the newest last.
    private var recentEvents: [FleetEvent]
    private var lastLive: (at: FleetTime, live: LiveRun)?
    /// The run that ended last before this one; nil for none.
    private let lastRun: LastRun?
    /// What servers showed and is not stored yet.
    var waitingServers: [ServerSample] = []

    init(
        configuration: CoordinatorConfiguration,
        fleet: ApeFleet.CoordinatorConfiguration,
        record: RunRecord,
        baseline: ComparableRun?,
        lastRun: LastRun?,
        store: RunStore,
        jobs: AsyncStream<Job>.Continuation,
        logger: Logger
    ) {
        self.configuration = configuration
        self.record = record
        recentEvents = record.ledger.events.filter(\.isForTerminal).suffix(LiveRun.maximumEvents)
        self.baseline = baseline
        self.lastRun = lastRun
        self.store = store
        self.jobs = jobs
        costLimit = CostLimit(configuration.scenario)
        rows = RowSource(configuration.scenario, files: configuration.rowFiles)
        display = LiveDisplay(
            configuration.view,
            isStanding: configuration.plan.stages.last?.isOpen ?? false
        )
        self.logger = logger
        clock = SteadyClock(notBefore: record.ledger.latest)
        machine = CoordinatorMachine(fleet, recovered: record.recovered)
    }

    /// Takes a new connection in, of which the machine may close the oldest.
    func admit(_ connection: ControlConnection) {
        connections[connection.id] = connection
        let nonce = Nonce(SecureRandom.bytes(Nonce.bytes))
        handle(.connected(connection.id, peer: connection.peer, nonce: nonce))
    }

    /// Serves a connection to its end.
    func serve(_ connection: ControlConnection) async {
        let broken = await connection.receive { await self.handle(.received(connection.id, $0)) }
        connections[connection.id] = nil
        handle(.disconnected(connection.id, reason: broken?.message))
    }

    /// Takes an event and does what follows from it.
    func handle(_ event: CoordinatorMachine.Event) {
        guard outcome == nil else { return }
        for action in machine.handle(event, at: clock.now) { perform(action) }
        guard outcome == nil else { return }
        if alarm == nil {
            let ring: Job = { [weak self] in await self?.handle(.timer) }
            alarm = Alarm { [jobs] in jobs.yield(ring) }
        }
        alarm?.set(afterMicros: machine.nextWake.map { ($0 - clock.now).micros })
    }

    private func perform(_ action: CoordinatorMachine.Action) {
        switch action {
        case .send(let id, let bytes): connections[id]?.send(bytes)
        case .close(let id, let last): connections[id]?.close(after: last)
        case .sendRows(let id, let delivery): send(delivery, on: id)
        case .commit(let batch): commit(batch)
        case .progress(let progress):
            if progress.phase != self.progress?.phase || progress.stage != self.progress?.stage { lastLive = nil }
            self.progress = progress
            display.update(progress, live)
        case .finished(let outcome):
            self.outcome = outcome
            alarm?.set(afterMicros: nil)
            for connection in connections.values { connection.close() }
            jobs.finish()
        case .log(let line): logger.log(line)
        }
    }

    /// The run as it is now.
    var snapshot: RunSnapshot {
        RunSnapshot(
            run: configuration.runID,
            scenarioName: configuration.scenario.name,
            isDemo: configuration.describesDemo,
            rules: JudgingRules(configuration.scenario, strict: configuration.isStrict),
            price: configuration.scenario.inference?.price,
            budget: configuration.scenario.inference?.budget,
            createdMicros: record.createdMicros,
            nowMicros: clock.now.micros,
            ledger: record.ledger,
            progress: progress,
            events: recentEvents,
            lastRun: lastRun
        )
    }

    /// What the run looks like now: made once a second at most, however many watch.
    var live: LiveRun {
        let now = clock.now
        if let lastLive, now - lastLive.at < Self.livePeriod { return lastLive.live }
        let live = snapshot.live
        lastLive = (now, live)
        return live
    }

    private func commit(_ batch: CommitBatch) {
        let (store, run, servers) = (store, configuration.runID, takeWaitingServers())
        jobs.yield {
            do {
                let fresh = try await store.commit(batch, servers: servers, run: run)
                await self.count(servers)
                await self.committed(batch, fresh)
            } catch let error as ApeError where error.code == .storeBusy {
                await self.putBack(servers)
                await self.handle(.commitDelayed("\(error)"))
            } catch {
                await self.handle(.commitFailed("\(error)"))
            }
        }
    }

    /// Counts what is durable now; a window that the store had already was counted then.
    private func committed(_ batch: CommitBatch, _ fresh: [Bool]) {
        for fact in batch.facts {
            if let event = record.add(fact), event.isForTerminal { tell(event) }
        }
        for (stored, isNew) in zip(batch.windows, fresh) where isNew { record.add(stored) }
        handle(.committed)
        if batch.facts.contains(where: \.isTried) { judgeTry() }
        if costLimit?.isReached(by: record.ledger) == true { handle(.budgetSpent) }
        if let failed = ThresholdWatch.failure(in: record.ledger, at: clock.now) {
            handle(.thresholdFailed(failed.text))
        }
    }

    func tell(_ event: FleetEvent) {
        recentEvents = (recentEvents + [event]).suffix(LiveRun.maximumEvents)
        display.tell(event.message, level: event.level)
    }

    /// The file of rows may be on a disk that takes its time.
    private func send(_ delivery: RowDelivery, on id: ConnectionID) {
        jobs.yield { [rows] in
            do throws(ApeError) {
                await self.send(try rows.lines(delivery), on: id)
            } catch {
                await self.handle(.rowsFailed(error))
            }
        }
    }

    private func send(_ lines: [[UInt8]], on id: ConnectionID) {
        for line in lines { connections[id]?.send(line) }
    }

    /// Shows the run anew as soon as the terminal has another size, until the task is cancelled.
    func followSize() async {
        guard display.hasScreen else { return }
        while (try? await Task.sleep(for: Self.sizePeriod)) != nil { display.fit(live) }
    }

    /// Names where else the run can be seen.
    func show(page: String, link: String?) { display.show(page: page, link: link) }

    /// Somebody asks for the run's end, or for that of its coordinator alone.
    func end(by ending: Termination) {
        guard ending == .ends else { return handle(.suspended) }
        if display.hasScreen {
            let words = "The run was interrupted: it ends, and its report is written"
            tell(FleetEvent(at: clock.now, level: .info, code: "interrupted", message: words))
        }
        handle(.interrupted)
    }
}
