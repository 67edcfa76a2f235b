import ApeCore
import ApeMetrics

/// How an agent's waits and sessions end, and what they are counted as.
extension Simulation {
    /// A wait is over; `answered` is how long its last attempt took, where that was answered as it should be.
    mutating func conclude(_ index: Int, _ number: Int, _ wait: SimulatedWait, _ answered: Int64?) {
        guard let load, let pool = workers[index].pool, let agent = pool.agents[number], let slot = agent.slot else {
            return
        }
        let local = workers[index].localTime(at: now).micros
        pool.recorder.endWait(slot, at: local) { $0.record(wait, answered: answered, at: local) }
        workers[index].pool?.agents[number]?.wait = nil
        guard answered != nil else { return fail(index, number, wait) }
        switch wait.kind {
        case .decision:
            let route = SimulatedLoad.routes[agent.action % SimulatedLoad.routes.count]
            begin(index, number, .action(route: route))
        case .action:
            workers[index].pool?.agents[number]?.action += 1
            if agent.action + 1 < load.actions { return think(index, number) }
            if load.verifies { return begin(index, number, .verification(route: SimulatedLoad.verificationRoute)) }
            succeed(index, number)
        case .verification: succeed(index, number)
        }
    }

    private mutating func succeed(_ index: Int, _ number: Int) {
        endSession(index, number, failure: nil) { tally, micros in
            tally.record(.session, micros)
            tally.record(.sessionSuccessful, micros)
            for name in [.sessionsStateful, .sessionsSucceeded, .sessionsSuccessfulStateful] as [CounterName] {
                tally.add(name)
            }
            tally.add(.goalSessionsSucceeded, SimulatedLoad.goal)
            tally.add(.goalSessionsSuccessfulStateful, SimulatedLoad.goal)
        }
        workers[index].pool?.agents[number]?.unreachableInRow = 0
        rest(index, number, backOff: 0)
    }

    private mutating func fail(_ index: Int, _ number: Int, _ wait: SimulatedWait) {
        guard let agent = workers[index].pool?.agents[number], let fault = wait.faults.last?.fault else { return }
        let spent = (agent.waited[.target] ?? 0, agent.waited[.inference] ?? 0)
        let label = wait.failure(fault, slowest: spent.0 >= spent.1 ? .target : .inference)
        endSession(index, number, failure: label) { tally, micros in
            tally.record(.session, micros)
            tally.addFailure(label, sessionMicros: micros)
        }
        let isUnreachable = wait.kind == .decision || fault == .refused || fault == .closed
        let inRow = isUnreachable ? agent.unreachableInRow + 1 : 0
        workers[index].pool?.agents[number]?.unreachableInRow = inRow
        let most = min(
            SimulatedLoad.longestBackOffMicros,
            SimulatedLoad.backOffMicros << Int64(min(20, max(0, inRow - 1)))
        )
        rest(index, number, backOff: isUnreachable ? pick(most / 2...most) : 0)
    }

    private mutating func endSession(
        _ index: Int,
        _ number: Int,
        failure: SessionFailureLabel?,
        _ body: (inout WindowTally, Int64) -> Void
    ) {
        guard let pool = workers[index].pool, let agent = pool.agents[number], let slot = agent.slot else { return }
        let micros = workers[index].localTime(at: now).micros - (agent.sessionMicros ?? 0)
        pool.recorder.endSession(slot, failure: failure) { body(&$0, micros) }
        workers[index].pool?.agents[number]?.sessionMicros = nil
    }

    private mutating func rest(_ index: Int, _ number: Int, backOff: Int64) {
        guard !isToEnd(index, number), let load, let pool = workers[index].pool, let slot = pool.agents[number]?.slot
        else { return }
        let pause = pick(load.pauseMicros)
        let local = workers[index].localTime(at: now).micros
        pool.recorder.turn(slot, to: pause > 0 ? .pause : .overhead, at: local)
        // A client's own work between two sessions takes a moment, so that nothing turns on the spot.
        schedule(index, number, backOff > 0 ? .backOff(backOff) : .session, at: now + max(200, pause))
    }
}

extension SimulatedWait {
    /// What a session failed of whose wait this was.
    fileprivate func failure(_ fault: AttemptFault, slowest: Party) -> SessionFailureLabel {
        var label = SessionFailureLabel(reason: .inference(fault), goal: SimulatedLoad.goal)
        switch kind {
        case .decision: label.route = SessionTrace.Step.decision
        case .action(let route), .verification(let route):
            label.route = route
            label.reason = .target(fault)
            if let status = reply.status, fault != .timeout, fault != .sessionEnd {
                label.status = status
                label.reason = status == 429 ? .target429 : status >= 500 ? .target5xx : .target4xx
            }
        }
        if fault == .sessionEnd { label.reason = .timeLimit(slowest) }
        return label
    }
}

extension SimulatedService.Reply {
    var status: Int? { if case .status(let status) = kind { status } else { nil } }
    var isGood: Bool { kind == .status(200) }

    /// What an attempt counts as that was answered in this way.
    var fault: AttemptFault {
        switch kind {
        case .status(429): .http429
        case .status(let status): status >= 500 ? .http5xx : .http4xx
        case .refused: .refused
        case .reset: .closed
        case .none: .timeout
        }
    }
}

extension WindowTally {
    fileprivate mutating func record(_ wait: SimulatedWait, answered: Int64?, at now: Int64) {
        switch wait.kind {
        case .decision:
            add(.decisions)
            for fault in wait.faults { add(.decisionErrors(fault.fault)) }
            record(.decisionTime, now - wait.startedMicros)
            record(.ttft, (wait.firstTokenMicros ?? now) - wait.startedMicros)
            guard answered != nil, let first = wait.firstTokenMicros else { return }
            record(.attemptTTFT, first - wait.attemptMicros)
            record(.generation, now - first)
            add(.tokensIn, 400)
            add(.tokensOut, 40)
        case .action(let route), .verification(let route):
            let attempts = Int64(wait.faults.count + (answered == nil ? 0 : 1))
            add(.targetRequests, attempts)
            add(.routeRequests, route, attempts)
            for fault in wait.faults {
                addFailed(route, fault.status ?? fault.fault.rawValue, .target, waitedMicros: fault.waitedMicros)
            }
            if let answered { record(.targetRoute, route, answered) }
            guard case .action = wait.kind else { return add(.verifications) }
            let last = wait.faults.last.map { $0.status.flatMap(Int.init).map(ActionStatus.init(status:)) ?? .error }
            add(.actions(answered == nil ? last ?? .error : .successful))
        }
    }
}
