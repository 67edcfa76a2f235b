import ApeCore

/// What an agent waits for, from its beginning to its end.
extension AgentBooks {
    /// A session arrives for an agent that waits for one; `body` counts how late. The first is where its startup begins.
    mutating func arrive(_ slot: Int, at now: Int64, _ body: (inout WindowTally) -> Void) {
        change(slot) { if !$0.hasRequested { $0.startedMicros = now } }
        record(body)
    }

    mutating func beginSession(_ slot: Int, goal: String, at now: Int64) {
        turn(slot, to: .overhead, at: now)
        let window = window
        change(slot) {
            $0.session = AgentAccount.Session(goal: goal, startMicros: now)
            $0.lastWaitWindow = window
        }
        record { $0.add(.sessionsStarted) }
    }

    /// A session has ended; `body` counts it, unless it has been filed already. It counts where it ends; what it failed
    /// of stands where the wait began that failed it, so that a hold knows what became of what it began.
    mutating func endSession(_ slot: Int, failure: SessionFailureLabel?, _ body: (inout WindowTally) -> Void) {
        guard let account = accounts[slot], let session = account.session else { return }
        if !session.isFiled {
            record(body)
            if let failure { record(in: account.lastWaitWindow) { $0.add(.sessionFailures, failure.text) } }
        }
        change(slot) { $0.session = nil }
        settle(slot)
    }

    mutating func beginDecision(_ slot: Int, at now: Int64) {
        let window = window
        turn(slot, to: .firstToken, at: now)
        change(slot) { $0.wait = AgentAccount.Wait(kind: .decision, window: window, beganMicros: now) }
    }

    /// An attempt at a decision has failed, and the next is waited for.
    mutating func awaitRetry(_ slot: Int, after fault: AttemptFault, at now: Int64) {
        turn(slot, to: .retryWait, at: now)
        change(slot) { $0.wait?.ownFault = fault.isOwn ? fault : nil }
    }

    /// A further attempt at a decision is handed to the transport.
    mutating func retry(_ slot: Int, at now: Int64) {
        turn(slot, to: .firstToken, at: now)
        change(slot) { $0.wait?.ownFault = nil }
    }

    mutating func firstToken(_ slot: Int, at now: Int64) {
        turn(slot, to: .generation, at: now)
        change(slot) { $0.wait?.firstTokenMicros = now }
    }

    /// An action or a verification is handed to the transport. An action ends the gap that runs, and begins the next.
    mutating func beginRequest(_ slot: Int, _ route: String, isAction: Bool, at now: Int64) {
        let window = window
        turn(slot, to: .target, at: now)
        if isAction { endGap(slot) }
        change(slot) { account in
            let kind: AgentAccount.Wait.Kind = isAction ? .action(route: route) : .verification(route: route)
            account.wait = AgentAccount.Wait(kind: kind, window: window, beganMicros: now)
            guard isAction else { return }
            let goal = account.session?.goal ?? ""
            account.gap = AgentAccount.OpenGap(window: window, beganMicros: now, goal: goal, route: route)
        }
        settle(slot)
    }

    /// A decision or a request has ended; `body` counts it, unless it has been filed already.
    mutating func endWait(_ slot: Int, at now: Int64, _ body: (inout WindowTally) -> Void) {
        turn(slot, to: .overhead, at: now)
        var ended: AgentAccount.Wait?
        change(slot) { account in
            ended = account.wait.take()
            if let ended { account.lastWaitWindow = ended.window }
        }
        if let ended, !ended.isFiled { record(in: ended.window, body) }
        settle(slot)
    }

    /// A wait was cut short, and says nothing.
    mutating func dropWait(_ slot: Int, at now: Int64) {
        turn(slot, to: .overhead, at: now)
        change(slot) { $0.wait = nil }
    }

    /// Counts the gap that runs, as long as it has become.
    private mutating func endGap(_ slot: Int) {
        guard var account = accounts[slot].take() else { return }
        let gap = account.takeGap()
        let begun = account.gap.take()
        accounts[slot] = account
        guard let begun else { return }
        record(in: begun.window) { $0.record(gap, goal: begun.goal, route: begun.route) }
    }

    /// Gives up waiting: what is still open counts as having lasted this long, and fails as unanswered.
    ///
    /// - Parameters:
    ///   - isOver: whether what ended holds began is waited for no longer; otherwise only stalled agents are given up.
    ///   - now: the monotonic clock's time.
    /// - Returns: the agents that were given up.
    mutating func giveUp(isOver: Bool, at now: Int64) -> [Int] {
        var agents: [Int] = []
        for slot in accounts.indices {
            guard let account = accounts[slot], account.wait?.isFiled != true else { continue }
            let isStalled = account.activity.isWait && now - account.sinceMicros >= stallMicros
            let isPausedInGap = account.activity == .pause && account.gap.map { isOfEndedHold($0.window) } ?? false
            guard isOver && (owes(account) || isPausedInGap) || isStalled else { continue }
            turn(slot, to: account.activity, at: now)
            // What began since the hold ended may yet come, however long the gap is that it stands in.
            if let wait = account.wait, isStalled || isOfEndedHold(wait.window) { file(slot, wait, at: now) }
            endGap(slot)
            settle(slot)
            if account.wait != nil, account.isOwing || isStalled { agents.append(account.agent) }
        }
        return agents
    }

    /// Files a wait as unanswered, and its session with it. A decision that the harness could not ask for is its own
    /// failure: the endpoint was not there to answer it.
    private mutating func file(_ slot: Int, _ wait: AgentAccount.Wait, at now: Int64) {
        guard let account = accounts[slot] else { return }
        let gapWindow = account.gap.flatMap { isOfEndedHold($0.window) ? $0.window : nil }
        let window = isOfEndedHold(wait.window) ? wait.window : gapWindow ?? wait.window
        record(in: window) { tally in
            let micros = now - wait.beganMicros
            var label = SessionFailureLabel(reason: .targetUnanswered, goal: account.session?.goal ?? "")
            switch wait.kind {
            case .decision:
                let fault = wait.ownFault ?? .unanswered
                label.reason = .inference(fault)
                label.route = SessionTrace.Step.decision
                tally.add(.decisions)
                tally.add(.decisionErrors(fault))
                tally.record(.ttft, (wait.firstTokenMicros ?? now) - wait.beganMicros)
                tally.record(.decisionTime, micros)
            case .action(let route), .verification(let route):
                label.route = route
                tally.add(.targetRequests)
                tally.addFailed(route, AttemptFault.unanswered.rawValue, .target, waitedMicros: micros)
                tally.add(.routeRequests, route)
                if case .action = wait.kind { tally.add(.actions(.error)) } else { tally.add(.verifications) }
            }
            guard let session = account.session, !session.isFiled else { return }
            tally.addFailure(label, sessionMicros: now - session.startMicros)
            tally.add(.sessionFailures, label.text)
            tally.record(.sessionUnanswered, wait.beganMicros - session.startMicros)
        }
        change(slot) {
            $0.wait?.isFiled = true
            $0.session?.isFiled = true
        }
    }
}

extension WindowTally {
    /// Counts a session that failed. The time of one that the harness failed is lost.
    package mutating func addFailure(_ label: SessionFailureLabel, sessionMicros: Int64) {
        if label.reason.party == .harness { add(.harnessMicros, sessionMicros) }
        add(.sessionsFailed(label.reason))
        add(.goalSessionsFailed, label.goal)
    }

    /// Counts an attempt at a route that failed.
    ///
    /// - Parameters:
    ///   - route: such as `POST /order`.
    ///   - status: the answer's status, or the ``AttemptFault``.
    ///   - party: whose failure it is.
    ///   - waitedMicros: how long it was waited for, where it was answered or waited for in vain.
    package mutating func addFailed(_ route: String, _ status: String, _ party: Party, waitedMicros: Int64?) {
        add(.routeErrors, "\(route) \(status) \(party.rawValue)")
        guard let waitedMicros else { return }
        record(.targetRoute, route, waitedMicros)
        record(.failedRoute, route, waitedMicros)
    }
}
