import ApeCore

/// The books of all agents of a worker: every moment of an agent goes to exactly one ``AgentActivity``, and every wait to
/// the window in which it began.
///
/// Windows are numbered from 0. A phase is a stretch of windows: what ends in the phase in which it began is counted in the
/// window in which it ends; what ends later is kept apart, by the window in which it began. Times are microseconds of
/// the monotonic clock.
struct AgentBooks: Sendable {
    private(set) var tally = WindowTally()
    private var late: [Int: WindowTally] = [:]
    /// Where the windows that have ended were.
    private var places: [WindowPlace] = []
    /// The first window of the phase that runs.
    private var phaseStart = 0
    private var windowStart: Int64
    private var time = ActivityTimes()
    var accounts: [AgentAccount?] = []
    private var free: [Int] = []

    private var presence: AgentPresence
    /// Waits that were stalled and ended in this window.
    private var stallsEnded = 0
    /// From this length on a wait is a stall.
    var stallMicros = Int64.max
    /// Agents that owe an answer to a hold that is over.
    private(set) var owing = 0

    init(at now: Int64 = 0) {
        windowStart = now
        presence = AgentPresence(at: now)
    }

    /// The number of the window that is open.
    var window: Int { places.count }

    subscript(_ slot: Int) -> AgentAccount? { accounts.indices.contains(slot) ? accounts[slot] : nil }

    /// Leaves a measurement in the window that is open.
    mutating func record(_ body: (inout WindowTally) -> Void) { body(&tally) }

    /// Leaves a measurement of something that began in a window.
    mutating func record(in window: Int, _ body: (inout WindowTally) -> Void) {
        if window >= phaseStart { body(&tally) } else { body(&late[window, default: WindowTally()]) }
    }

    // MARK: Agents

    mutating func start(_ agent: Int, scheduledMicros: Int64, at now: Int64) -> Int {
        presence.change(by: 1, at: now)
        let account = AgentAccount(agent: agent, startedMicros: scheduledMicros, at: now)
        if let slot = free.popLast() {
            accounts[slot] = account
            return slot
        }
        accounts.append(account)
        return accounts.count - 1
    }

    mutating func stop(_ slot: Int, at now: Int64) {
        turn(slot, to: .overhead, at: now)
        presence.change(by: -1, at: now)
        settle(slot, isOwing: false)
        accounts[slot] = nil
        free.append(slot)
    }

    /// An agent's time goes to something else from now on.
    mutating func turn(_ slot: Int, to next: AgentActivity, at now: Int64) {
        // An account is changed where it is and not read: it holds names, which cost time to copy.
        guard let (activity, since) = accounts[slot]?.turn(to: next, at: now) else { return }
        time.spend(now - max(since, windowStart), on: activity)
        if activity.isWait, now - since >= stallMicros { stallsEnded += 1 }
        if next == .pause { settle(slot) }
    }

    mutating func change(_ slot: Int, _ body: (inout AgentAccount) -> Void) {
        guard var account = accounts[slot].take() else { return }
        body(&account)
        accounts[slot] = account
    }

    // MARK: Windows

    /// From here on waits belong to another phase than those before.
    ///
    /// - Parameters:
    ///   - endsHold: whether the phase that ended was a hold, whose waits are owed.
    ///   - now: the monotonic clock's time.
    mutating func beginPhase(endsHold: Bool, at now: Int64) {
        phaseStart = window
        // Before the first agent nothing was measured.
        if presence.count == 0, places.isEmpty { windowStart = max(windowStart, now) }
        guard endsHold else { return }
        for slot in accounts.indices {
            settle(slot, isOwing: accounts[slot].map(owes) ?? false)
            // An agent for whom no session has arrived yet is not starting.
            if accounts[slot]?.activity != .pause { noteRequest(slot, at: now) }
        }
    }

    /// An agent's first request goes out, or is no longer waited for: its startup is recorded, once.
    mutating func noteRequest(_ slot: Int, at now: Int64) {
        var started: Int64?
        change(slot) { account in
            if !account.hasRequested { started = account.startedMicros }
            account.hasRequested = true
        }
        if let started { record { $0.record(.startup, now - started) } }
    }

    /// Whether an agent waits for something that a hold which is over began. One that pauses waits for nobody.
    func owes(_ account: AgentAccount) -> Bool {
        if account.activity == .pause { return false }
        return (account.gap.map { isOfEndedHold($0.window) } ?? false)
            || (account.wait.map { !$0.isFiled && isOfEndedHold($0.window) } ?? false)
    }

    func isOfEndedHold(_ window: Int) -> Bool {
        window < phaseStart && places.indices.contains(window) && places[window].phase == .hold
    }

    /// Looks again at whether an agent still owes anything.
    mutating func settle(_ slot: Int) {
        guard owing > 0, let account = accounts[slot], account.isOwing else { return }
        settle(slot, isOwing: owes(account))
    }

    private mutating func settle(_ slot: Int, isOwing: Bool) {
        guard let wasOwing = accounts[slot]?.isOwing, wasOwing != isOwing else { return }
        owing += isOwing ? 1 : -1
        accounts[slot]?.isOwing = isOwing
    }

    /// Ends the window that is open. Of the time since the last cut `skippedMicros` belong to seconds that nobody
    /// measured, and are left out.
    mutating func cut(as place: WindowPlace, at now: Int64, skippedMicros: Int64 = 0) -> WindowCut {
        let present = presence.cut(at: now)
        var stalled = 0
        for account in accounts.lazy.compactMap(\.self) {
            time.spend(now - max(account.sinceMicros, windowStart), on: account.activity)
            if account.activity.isWait, now - account.sinceMicros >= stallMicros { stalled += 1 }
        }
        let length = now - windowStart
        let share = length > 0 ? Double(max(0, length - skippedMicros)) / Double(length) : 1
        for activity in AgentActivity.allCases where time[activity] > 0 {
            let micros = time[activity]
            tally.add(CounterFamily.agentTime[activity.rawValue], Int64(saturating: Double(micros) * share))
        }
        var cut = WindowCut()
        cut.tally = tally.cut()
        cut.late = late.sorted { $0.key < $1.key }.compactMap { window, tally in
            guard places.indices.contains(window) else { return nil }
            var tally = tally
            return WindowCut.LateTally(place: places[window], tally: tally.cut())
        }
        cut.active = max(0, present.least - max(stalled, stallsEnded))
        cut.stalled = max(stalled, stallsEnded)
        cut.waiting = owing
        cut.lengthMicros = Int64(saturating: Double(length) * share)
        cut.presentMicros = Int64(saturating: Double(present.micros) * share)
        places.append(place)
        late = [:]
        time = ActivityTimes()
        stallsEnded = 0
        windowStart = now
        return cut
    }
}
