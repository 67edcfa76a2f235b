import ApeCore
import ApeFleet
import ApeMetrics

/// What an agent does, moment by moment, and what it leaves in the books: as the real one's session does.
extension Simulation {
    /// The moment has come for which an agent waits.
    mutating func agentActs(_ index: Int, life: Int, number: Int, serial: Int, again: Happening) {
        guard workers[index].life == life, workers[index].machine != nil,
            let agent = workers[index].pool?.agents[number], agent.serial == serial
        else { return }
        if let until = workers[index].pausedUntilMicros { return queue.add(again, at: until + 1) }
        let local = workers[index].localTime(at: now).micros
        switch agent.next {
        case .start:
            let slot = workers[index].pool?.recorder.startAgent(
                number,
                scheduledMicros: agent.scheduledMicros,
                at: local
            )
            workers[index].pool?.agents[number]?.slot = slot
            beginSession(index, number)
        case .backOff(let micros):
            turn(index, number, to: .retryWait)
            schedule(index, number, .session, at: now + micros)
        case .session: beginSession(index, number)
        case .decision: begin(index, number, .decision)
        case .firstToken:
            if let slot = agent.slot { workers[index].pool?.recorder.firstToken(slot, at: local) }
            workers[index].pool?.agents[number]?.wait?.firstTokenMicros = local
            schedule(index, number, .end, at: agent.wait?.endMicros ?? now)
        case .end: endAttempt(index, number)
        case .attempt:
            turn(index, number, to: agent.wait?.kind == .decision ? .firstToken : .target)
            attempt(index, number)
        }
        if workers[index].pool?.takeAnswered() == true { handle(index, .answered) }
    }

    private mutating func turn(_ index: Int, _ number: Int, to activity: AgentActivity) {
        guard let pool = workers[index].pool, let slot = pool.agents[number]?.slot else { return }
        pool.recorder.turn(slot, to: activity, at: workers[index].localTime(at: now).micros)
    }

    /// Whether an agent takes no further step; then it is gone.
    mutating func isToEnd(_ index: Int, _ number: Int) -> Bool {
        guard let pool = workers[index].pool, let agent = pool.agents[number], let slot = agent.slot else {
            return true
        }
        guard agent.isStopping || agent.isFinishing && !pool.recorder.owes(slot) else { return false }
        end(index, number)
        return true
    }

    private mutating func beginSession(_ index: Int, _ number: Int) {
        guard !isToEnd(index, number), let slot = workers[index].pool?.agents[number]?.slot else { return }
        let local = workers[index].localTime(at: now).micros
        workers[index].pool?.recorder.beginSession(slot, goal: SimulatedLoad.goal, at: local)
        workers[index].pool?.agents[number]?.sessionMicros = local
        workers[index].pool?.agents[number]?.action = 0
        workers[index].pool?.agents[number]?.waited = [:]
        think(index, number)
    }

    mutating func think(_ index: Int, _ number: Int) {
        guard !isToEnd(index, number), let load else { return }
        guard load.thinkMicros.upperBound > 0 else { return begin(index, number, .decision) }
        turn(index, number, to: .think)
        schedule(index, number, .decision, at: now + pick(load.thinkMicros))
    }

    /// Begins to wait for a decision or an answer.
    mutating func begin(_ index: Int, _ number: Int, _ kind: SimulatedWait.Kind) {
        guard !isToEnd(index, number), let pool = workers[index].pool, let slot = pool.agents[number]?.slot else {
            return
        }
        let local = workers[index].localTime(at: now).micros
        switch kind {
        case .decision:
            pool.recorder.noteRequest(slot, at: local)
            pool.recorder.beginDecision(slot, at: local)
        case .action(let route):
            pool.recorder.noteRequest(slot, at: local)
            pool.recorder.beginRequest(slot, route, isAction: true, at: local)
        case .verification(let route): pool.recorder.beginRequest(slot, route, isAction: false, at: local)
        }
        // The gap that was owed ends here; where the agent is to end, nothing begins.
        guard kind == .decision || !isToEnd(index, number) else { return }
        workers[index].pool?.agents[number]?.wait = SimulatedWait(
            kind: kind,
            startedMicros: local,
            attemptMicros: local
        )
        attempt(index, number)
    }

    private mutating func attempt(_ index: Int, _ number: Int) {
        guard let load, let agent = workers[index].pool?.agents[number], var wait = agent.wait else { return }
        let local = workers[index].localTime(at: now).micros
        let carriesReceived = wait.kind.party == .target && agent.action > 0
        let reply = self.load?[wait.kind.party].ask(at: now, carriesReceived: carriesReceived, &random)
        guard let reply else { return }
        let left = max(1, (agent.sessionMicros ?? local) + load.sessionTimeoutMicros - local)
        wait.attemptMicros = local
        wait.firstTokenMicros = nil
        wait.reply = reply
        wait.isOut = true
        wait.endMicros = min(reply.endMicros ?? .max, now + min(load.requestTimeoutMicros, left))
        workers[index].pool?.agents[number]?.wait = wait
        if wait.kind == .decision, reply.isGood || reply.kind == .none || reply.kind == .reset,
            let first = reply.firstMicros, first < wait.endMicros
        {
            schedule(index, number, .firstToken, at: first)
        } else {
            schedule(index, number, .end, at: wait.endMicros)
        }
    }

    /// An attempt has been answered, or is given up.
    private mutating func endAttempt(_ index: Int, _ number: Int) {
        guard let load, let agent = workers[index].pool?.agents[number], var wait = agent.wait else { return }
        let local = workers[index].localTime(at: now).micros
        let waited = local - wait.attemptMicros
        let isInTime = wait.reply.endMicros.map { $0 <= now } ?? false
        let isGood = isInTime && wait.reply.isGood
        self.load?[wait.kind.party].release(answeredAt: isGood ? wait.reply.endMicros : nil)
        workers[index].pool?.agents[number]?.waited[wait.kind.party, default: 0] += waited
        wait.isOut = false
        guard !isGood else { return conclude(index, number, wait, waited) }
        let isLate = local - (agent.sessionMicros ?? local) >= load.sessionTimeoutMicros
        let fault = isInTime ? wait.reply.fault : isLate ? .sessionEnd : .timeout
        wait.faults.append(
            .init(
                fault: fault,
                status: isInTime ? wait.reply.status.map { "\($0)" } : nil,
                waitedMicros: isInTime && wait.reply.status == nil ? nil : waited
            )
        )
        let canRetry =
            wait.kind == .decision ? isInTime : isInTime && (wait.reply.status == 429 || wait.reply.status == 503)
        guard canRetry, wait.faults.count < SimulatedLoad.attempts, !agent.isStopping else {
            return conclude(index, number, wait, nil)
        }
        workers[index].pool?.agents[number]?.wait = wait
        turn(index, number, to: .retryWait)
        let backOff = SimulatedLoad.backOffMicros << Int64(wait.faults.count - 1)
        schedule(index, number, .attempt, at: now + pick(backOff / 2...backOff))
    }
}
