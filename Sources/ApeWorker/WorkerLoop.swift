import ApeAgent
import ApeChannel
import ApeCore
import ApeFleet
import ApeHTTP
import ApeInference
import ApeMetrics
import ApeProgram
import ApeTransfer
import ApeWire
import Logging

/// Owns the worker's machine: takes one event after the other and does what the machine says.
actor WorkerLoop {
    /// Work that goes on beside the loop.
    typealias Job = @Sendable () async -> Void

    let configuration: WorkerConfiguration
    let reactors: [Reactor]
    let logger: Logger
    let clock = SteadyClock<LocalTime>()
    /// Of the run that is being prepared or runs; agents of an earlier one that are coming to their end have their own.
    var recorder = WindowRecorder(at: MonotonicClock.nowMicros)
    let jobs: AsyncStream<Job>.Continuation
    private(set) var machine: WorkerMachine
    var probe: HostProbe
    private var alarm: Alarm?
    var connections: [ConnectionID: ControlConnection] = [:]
    var lastConnection: ConnectionID = 0
    private var pool: AgentPool?
    private var governor = RateGovernor()
    /// The rows of data that agents take; nil outside runs.
    var stock: RowStock?
    /// What the run's stages are judged by.
    private var targets: [KPIKey: Double] = [:]
    /// The run that is being prepared or runs, and its seed.
    private var run: String?
    private var seed: UInt64 = 0
    /// When sessions begin.
    private(set) var arrivals = ArrivalBoard()
    /// The revision that is in force.
    private var revision = 0
    /// The revision that the machine waits for.
    private var unsettled: Int?
    private var isDraining = false
    /// All that was measured since the process began, of all runs.
    var measured = Measures()
    var windows: Int64 = 0
    /// The last window's; nil outside runs.
    var moment: WorkerMoment?
    /// Why the worker ended; nil while it runs.
    private(set) var exit: WorkerMachine.Exit?

    init(
        configuration: WorkerConfiguration,
        reactors: [Reactor],
        jobs: AsyncStream<Job>.Continuation,
        logger: Logger
    ) {
        self.configuration = configuration
        self.reactors = reactors
        self.jobs = jobs
        self.logger = logger
        machine = WorkerMachine(configuration.fleet)
        probe = HostProbe(cpus: configuration.host.cpus)
    }

    /// Takes an event, and every event that the actions on it bring about.
    func handle(_ event: WorkerMachine.Event) {
        var events = [event]
        while exit == nil, !events.isEmpty {
            for action in machine.handle(events.removeFirst(), at: clock.now) {
                events += perform(action)
            }
        }
        let until = machine.loadsUntil.map(clock.monotonicMicros(at:))
        for reactor in reactors { reactor.letRequestsBegin(untilMicros: until) }
        guard exit == nil else { return }
        if alarm == nil {
            let ring: Job = { [weak self] in await self?.handle(.timer) }
            alarm = Alarm { [jobs] in jobs.yield(ring) }
        }
        alarm?.set(afterMicros: machine.nextWake.map { ($0 - clock.now).micros })
    }

    /// The worker as it is now.
    var snapshot: WorkerSnapshot {
        WorkerSnapshot(
            gauges: WorkerGauges(name: configuration.name, isConnected: machine.isOnline, moment: moment),
            windows: windows,
            unacknowledged: machine.unacknowledgedWindows,
            measures: measured
        )
    }

    /// Does what the machine says; answers that are there at once are returned.
    private func perform(_ action: WorkerMachine.Action) -> [WorkerMachine.Event] {
        switch action {
        case .connect: connect()
        case .send(let id, let bytes): connections[id]?.send(bytes)
        case .close(let id, let last): connections[id]?.close(after: last)
        case .prepare(let prepare): self.prepare(prepare)
        case .foresee(let agents): stock?.foresee(agents.agents)
        case .stock(let rows): stock(rows)
        case .apply(let assignment): return apply(assignment)
        case .cutWindow(let stamp): return [cut(stamp)]
        case .beginPhase(let endsHold):
            let isOwed = recorder.beginPhase(endsHold: endsHold, at: MonotonicClock.nowMicros)
            return endsHold && !isOwed ? [.answered] : []
        case .giveUp(let isOver, let isEnd):
            let agents = recorder.giveUp(isOver: isOver, at: MonotonicClock.nowMicros)
            if isEnd { pool?.cancel(agents) }
        case .stopAgents:
            let until = arrivals.close()
            pool?.stopAll()
            return [.arrivalsTaken(revision: revision, until: until)] + drain()
        case .cancelAgents:
            arrivals.close()
            pool?.cancelAll()
            return drain()
        case .endRun:
            pool = nil
            stock = nil
            run = nil
            moment = nil
        case .exit(let exit):
            self.exit = exit
            alarm?.set(afterMicros: nil)
            for connection in connections.values { connection.close() }
            jobs.finish()
        case .log(let line): logger.log(line)
        }
        return []
    }
}

// MARK: - The agents

extension WorkerLoop {
    private func prepare(_ order: Prepare) {
        run = order.run
        pool = nil
        let preparation = RunPreparation(
            allowList: configuration.allowList,
            keyList: configuration.keyList,
            proxy: configuration.proxy,
            reactor: reactors[0]
        )
        jobs.yield {
            do throws(ApeError) {
                let (scenario, apiKey) = try await preparation.prepare(order)
                await self.prepared(order, scenario, apiKey, preparation.gate)
            } catch {
                await self.handle(.refused(run: order.run, code: error.code.rawValue, message: error.message))
            }
        }
    }

    private func prepared(_ order: Prepare, _ scenario: Scenario, _ apiKey: Secret?, _ allowed: @escaping TransferGate)
    {
        guard run == order.run else { return }
        targets = scenario.kpiTargets
        seed = order.seed
        arrivals = ArrivalBoard()
        recorder = WindowRecorder(at: MonotonicClock.nowMicros)
        recorder.onAnswered { [jobs, weak self] in
            let job: Job = { [weak self] in await self?.handle(.answered) }
            jobs.yield(job)
        }
        governor = RateGovernor(fleetRequestsPerMinute: scenario.inference?.requestsPerMinute)
        let stock = makeStock(scenario)
        self.stock = stock
        do throws(ApeError) {
            var lanes: [AgentPool.Lane] = []
            for reactor in reactors {
                let runner = try AgentRunner(
                    scenario: scenario,
                    run: order.run,
                    seed: order.seed,
                    recorder: recorder,
                    reactor: reactor,
                    apiKey: apiKey,
                    transferGate: allowed,
                    governor: governor,
                    stock: stock,
                    arrivals: arrivals,
                    onEvent: onEvent
                )
                lanes.append(AgentPool.Lane(reactor: reactor, runner: runner))
            }
            pool = AgentPool(lanes: lanes) { [weak self] in await self?.agentEnded($0) }
        } catch {
            return handle(.refused(run: order.run, code: error.code.rawValue, message: error.message))
        }
        handle(.prepared(run: order.run))
    }

    /// Agents tell of their troubles from their reactors' threads.
    private var onEvent: @Sendable (WorkerEvent) -> Void {
        { [jobs, weak self] event in
            let job: Job = { [weak self] in await self?.handle(.told(event)) }
            jobs.yield(job)
        }
    }

    private func apply(_ assignment: Assignment) -> [WorkerMachine.Event] {
        let start = clock.monotonicMicros(at: assignment.start)
        isDraining = false
        revision = assignment.revision
        let arrivalsUntil = arrivals.apply(
            assignment.arrivals.map { ArrivalSchedule(seed: seed, $0.stage, assignment.timeline) },
            agents: assignment.agents.agents,
            until: { assignment.arrivals?.until(agent: $0) },
            at: MonotonicClock.nowMicros,
            fleetOffset: fleetOffset
        )
        governor.setShare(agents: assignment.agents.count, of: assignment.fleetAgents)
        recorder.setStallLimit(micros: StallLimit.micros(agents: assignment.fleetAgents, targets: targets))
        stock?.keep(assignment.agents.agents)
        pool?.apply(
            agents: assignment.agents.agents,
            owing: recorder.owingAgents,
            revision: assignment.revision,
            schedule: StartSchedule(
                rampMicros: start..<max(start, start.addingClamped(assignment.timeline.ramp.micros)),
                fleetAgents: assignment.fleetAgents,
                isAtOnce: assignment.arrivals != nil
            )
        )
        unsettled = assignment.revision
        return [.arrivalsTaken(revision: revision, until: arrivalsUntil)] + settled()
    }

    private func agentEnded(_ agent: Int) {
        pool?.agentEnded(agent)
        for event in isDraining ? drain() : settled() { handle(event) }
    }

    private func settled() -> [WorkerMachine.Event] {
        guard let revision = unsettled, pool?.isSettled ?? true else { return [] }
        unsettled = nil
        return [.settled(revision: revision)]
    }

    private func drain() -> [WorkerMachine.Event] {
        unsettled = nil
        isDraining = !(pool?.isEmpty ?? true)
        return isDraining ? [] : [.drained]
    }
}
