import Synchronization

/// The one place where all agents of a worker leave their measurements.
///
/// Every agent has a slot here from its start to its stop. It says what it turns to and what it waits for; its time and
/// its gaps follow from that, so that no moment is left out or counted twice.
package final class WindowRecorder: Sendable {
    /// An agent's place in the books.
    package typealias Slot = Int

    private let books: Mutex<AgentBooks>
    /// Told, on any thread, that no agent owes an answer to a hold that is over any more.
    private let answered = Mutex<(@Sendable () -> Void)?>(nil)
    /// The prompts that the worker has sent in the run.
    package let prompts = SentPrompts()

    /// - Parameter now: the monotonic clock's time, in microseconds.
    package init(at now: Int64 = 0) {
        books = Mutex(AgentBooks(at: now))
    }

    package func onAnswered(_ body: (@Sendable () -> Void)?) {
        answered.withLock { $0 = body }
    }

    /// Records under the lock into the window that is open; several measurements of one moment belong in one call.
    package func record(_ body: (inout WindowTally) -> Void) {
        books.withLock { $0.record(body) }
    }

    /// Changes the books, and tells once the last answer that a hold waits for has come.
    @discardableResult
    private func change<Value: Sendable>(_ body: (inout sending AgentBooks) -> sending Value) -> Value {
        let (value, isAnswered) = books.withLock { books in
            let before = books.owing
            let value = body(&books)
            return (value, before > 0 && books.owing == 0)
        }
        if isAnswered { answered.withLock(\.self)?() }
        return value
    }
}

// MARK: Agents

extension WindowRecorder {
    /// An agent goes to work; it is told where its books are.
    package func startAgent(_ agent: Int, scheduledMicros: Int64, at now: Int64) -> Slot {
        change { $0.start(agent, scheduledMicros: scheduledMicros, at: now) }
    }

    package func stopAgent(_ slot: Slot, at now: Int64) {
        change { $0.stop(slot, at: now) }
    }

    /// An agent's time goes to something else from now on.
    package func turn(_ slot: Slot, to activity: AgentActivity, at now: Int64) {
        change { $0.turn(slot, to: activity, at: now) }
    }

    /// A session arrives for an agent that waits for one; `body` counts how late.
    package func arrive(_ slot: Slot, at now: Int64, _ body: (inout WindowTally) -> Void) {
        change { $0.arrive(slot, at: now, body) }
    }

    package func beginSession(_ slot: Slot, goal: String, at now: Int64) {
        change { $0.beginSession(slot, goal: goal, at: now) }
    }

    /// A session has ended; `body` counts it, unless it has been filed as unanswered already. What it failed of stands
    /// where the wait began that failed it.
    package func endSession(_ slot: Slot, failure: SessionFailureLabel? = nil, _ body: (inout WindowTally) -> Void) {
        change { $0.endSession(slot, failure: failure, body) }
    }

    /// A decision's first attempt is handed to the transport.
    package func beginDecision(_ slot: Slot, at now: Int64) {
        change { $0.beginDecision(slot, at: now) }
    }

    /// An attempt at a decision has failed, and the next is waited for.
    package func awaitRetry(_ slot: Slot, after fault: AttemptFault, at now: Int64) {
        change { $0.awaitRetry(slot, after: fault, at: now) }
    }

    /// A further attempt at a decision is handed to the transport.
    package func retry(_ slot: Slot, at now: Int64) {
        change { $0.retry(slot, at: now) }
    }

    package func firstToken(_ slot: Slot, at now: Int64) {
        change { $0.firstToken(slot, at: now) }
    }

    /// A request is handed to the transport: an action, which ends the gap that runs and begins the next, or a
    /// verification.
    package func beginRequest(_ slot: Slot, _ route: String, isAction: Bool, at now: Int64) {
        change { $0.beginRequest(slot, route, isAction: isAction, at: now) }
    }

    /// A decision or a request has ended; `body` counts it, in the window in which it began.
    package func endWait(_ slot: Slot, at now: Int64, _ body: (inout WindowTally) -> Void) {
        change { $0.endWait(slot, at: now, body) }
    }

    /// A decision or a request was cut short, and says nothing.
    package func dropWait(_ slot: Slot, at now: Int64) {
        change { $0.dropWait(slot, at: now) }
    }

    /// Whether an agent still waits for something that a hold which is over began.
    package func owes(_ slot: Slot) -> Bool {
        books.withLock { $0[slot]?.isOwing ?? false }
    }

    /// The agents that still do.
    package var owingAgents: Set<Int> {
        books.withLock { books in
            Set(books.accounts.lazy.compactMap { $0.flatMap { $0.isOwing ? $0.agent : nil } })
        }
    }

    /// The first request of an agent goes out: the time since its scheduled start is recorded, once.
    package func noteRequest(_ slot: Slot, at now: Int64) {
        change { $0.noteRequest(slot, at: now) }
    }
}

// MARK: Windows

extension WindowRecorder {
    /// Ends the window that is open and returns it.
    ///
    /// - Parameters:
    ///   - place: which second of which phase it was.
    ///   - now: the monotonic clock's time.
    ///   - skippedMicros: how much of the time since the last cut belongs to seconds that nobody measured.
    /// - Returns: what was measured.
    package func cut(as place: WindowPlace, at now: Int64, skippedMicros: Int64 = 0) -> WindowCut {
        books.withLock { $0.cut(as: place, at: now, skippedMicros: skippedMicros) }
    }

    /// From here on waits belong to another phase. A hold's waits are owed from now on; whether any is, is returned.
    package func beginPhase(endsHold: Bool, at now: Int64) -> Bool {
        books.withLock { books in
            books.beginPhase(endsHold: endsHold, at: now)
            return books.owing > 0
        }
    }

    /// From this length on, in microseconds, a wait for one answer is a stall.
    package func setStallLimit(micros: Int64) {
        books.withLock { $0.stallMicros = micros }
    }

    /// Gives up waiting: what is still open counts as having lasted this long, and fails as unanswered.
    ///
    /// - Parameters:
    ///   - isOver: whether what ended holds began is waited for no longer; otherwise only stalled agents are given up.
    ///   - now: the monotonic clock's time.
    /// - Returns: the agents that were given up.
    package func giveUp(isOver: Bool, at now: Int64) -> [Int] {
        change { $0.giveUp(isOver: isOver, at: now) }
    }
}
