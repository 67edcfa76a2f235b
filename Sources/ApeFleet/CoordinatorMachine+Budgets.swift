import ApeCore
import ApeMetrics
import ApeWire

/// What is taken from one worker: what goes beyond costs that worker, is counted, and is told.
extension CoordinatorMachine {
    static func overBudget(_ what: String) -> ApeError {
        ApeError(.overBudget, "More \(what) came than are taken from one worker; come back later")
    }

    /// Takes a message out of its worker's budget.
    ///
    /// - Throws: ``ApeError`` of code `over_budget` where there were too many.
    mutating func spend(on message: Message, of index: Int, at now: FleetTime) throws(ApeError) {
        let isWithin: Bool
        switch message {
        case .pong, .window, .unreadable, .event: isWithin = true
        case .wantRows: isWithin = members[index].budget.rows.spend(at: now)
        default: isWithin = members[index].budget.orders.spend(at: now)
        }
        guard members[index].budget.lines.spend(at: now), isWithin else {
            members[index].budget.refuse(.messages)
            throw Self.overBudget("messages")
        }
    }

    /// Whether a window that has not come before may be taken. After one that may not, none is for a while: their numbers
    /// must not have gaps.
    mutating func takesWindow(of bytes: Int, from index: Int, on id: ConnectionID, at now: FleetTime) -> Bool {
        if links[id]?.windowsPausedAt == nil, members[index].budget.windows.spend(at: now),
            members[index].budget.windowBytes.spend(bytes, at: now)
        {
            return true
        }
        members[index].budget.refuse(.windows)
        if links[id]?.windowsPausedAt == nil { links[id]?.windowsPausedAt = now }
        return false
    }

    mutating func take(_ told: WorkerEvent, from index: Int, at now: FleetTime) {
        var event = told
        if event.code == WorkerEvent.sessionSucceeded {
            // It is there for its steps alone: without them, and beyond what is kept, it says nothing.
            guard event.session != nil, members[index].successes < configuration.limits.successesPerWorker,
                successes < configuration.limits.successes
            else { return }
            members[index].successes += 1
            successes += 1
        }
        guard members[index].events.spend(at: now), batch.facts.count < configuration.limits.waitingFacts else {
            return members[index].budget.refuse(.events)
        }
        // A session step by step says what no other event does, and there are few of them.
        if event.session != nil, event.code != WorkerEvent.sessionSucceeded, !members[index].exemplars.spend(event.code)
        {
            event.session = nil
        }
        guard event.session != nil || members[index].budget.events.spend(at: now) else {
            return members[index].budget.refuse(.events)
        }
        record(.event(worker: members[index].worker, event), at: now)
    }

    /// Records what workers sent too much of since it was told last.
    mutating func recordExcesses(at now: FleetTime) {
        let period = isEnding ? Micros.zero : configuration.limits.excessPeriod
        for index in members.indices {
            for (what, count) in members[index].budget.takeUntold(every: period, at: now) {
                record(.overBudget(worker: members[index].worker, what, count: count), at: now)
            }
        }
    }

    /// Logs something on a worker's account.
    mutating func log(
        of index: Int,
        _ level: LogLine.Level,
        _ message: StaticString,
        _ metadata: [String: String] = [:],
        at now: FleetTime
    ) {
        guard members[index].budget.logs.spend(at: now) else { return members[index].budget.logs.drop() }
        log(level, message, metadata.merging(identity(of: index)) { $1 })
    }

    /// Which worker a log line is about.
    func identity(of index: Int) -> [String: String] {
        ["worker": members[index].worker, "name": members[index].name]
    }

    /// Tells how many log lines on a worker's account were left out.
    mutating func tellUnlogged() {
        for index in members.indices where members[index].budget.logs.dropped > 0 {
            let lines = members[index].budget.logs.takeDropped()
            let words = identity(of: index).merging(["lines": "\(lines)"]) { $1 }
            log(.warning, "More was to be logged of a worker", words)
        }
    }

    /// A worker will not run what it was given: one that may be running agents has to stop first.
    mutating func turnOut(_ index: Int) {
        let mayRun = members[index].grantStage != nil
        members[index].standing = mayRun ? .leaving : .refused
        members[index].mustStop = mayRun
        members[index].wanted = AgentRanges()
    }
}
