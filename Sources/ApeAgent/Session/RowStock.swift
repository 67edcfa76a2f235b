import ApeCore
import Synchronization

/// The rows of data that a worker's agents take, and what is asked for so that they are there in time.
///
/// It may be used on any thread.
package final class RowStock: Sendable {
    private struct State {
        var shelves: [String: RowShelf]
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastWaiting = 0
    }

    private let state: Mutex<State>
    private let onWant: @Sendable (_ goal: String, RowWant) -> Void

    /// A stock for the goals whose rows are handed out.
    ///
    /// - Parameters:
    ///   - scenario: what the agents do.
    ///   - onWant: asks for rows of a goal, which come by ``add(goal:first:rows:isLast:areAllOut:)``; called on any
    ///     thread.
    package init(_ scenario: Scenario, onWant: @escaping @Sendable (_ goal: String, RowWant) -> Void) {
        var shelves: [String: RowShelf] = [:]
        for set in scenario.rowSets {
            for goal in set.goals { shelves[goal] = RowShelf(set.pick, count: set.count) }
        }
        state = Mutex(State(shelves: shelves))
        self.onWant = onWant
    }

    /// A stock of one row for each of some goals, which every session takes.
    package init(given rows: [String: DataRow] = [:]) {
        state = Mutex(State(shelves: rows.mapValues { RowShelf(given: $0) }))
        onWant = { _, _ in }
    }

    /// Asks for what agents that are to run before long will need.
    package func foresee(_ agents: some Sequence<Int>) {
        ask { shelf in shelf.foresee(agents) }
    }

    /// Lets go of what is of use to other agents only.
    package func keep(_ agents: some Sequence<Int>) {
        ask { shelf in
            shelf.keep(agents)
            return shelf.foresee(agents)
        }
    }

    private func ask(_ change: (inout RowShelf) -> RowWant?) {
        let wants = state.withLock { state in
            state.shelves.keys.sorted().compactMap { goal -> (String, RowWant)? in
                guard let shelf = state.shelves[goal] else { return nil }
                var changed = shelf
                let want = change(&changed)
                state.shelves[goal] = changed
                return want.map { (goal, $0) }
            }
        }
        for (goal, want) in wants { onWant(goal, want) }
    }

    /// Takes rows of a goal in.
    ///
    /// - Parameters:
    ///   - goal: the goal that asked for them.
    ///   - first: the number of the first; the others follow it.
    ///   - rows: their values.
    ///   - isLast: whether nothing more comes of what was asked for.
    ///   - areAllOut: whether every row has been handed out to somebody.
    package func add(goal: String, first: Int, rows: [DataRow], isLast: Bool, areAllOut: Bool) {
        let (want, waiting) = state.withLock { state in
            let want = state.shelves[goal]?.add(rows, first: first, isLast: isLast, areAllOut: areAllOut)
            defer { state.waiting = [:] }
            return (want, state.waiting.sorted { $0.key < $1.key }.map(\.value))
        }
        if let want { onWant(goal, want) }
        for continuation in waiting { continuation.resume() }
    }

    /// Whether no further session of a goal can begin.
    func isUsedUp(_ goal: String) -> Bool {
        state.withLock { $0.shelves[goal]?.isUsedUp ?? false }
    }

    /// A row that is here; nil where it has to be waited for.
    func take(_ goal: String, agent: Int) -> RowShelf.Taken? {
        let (taken, want) = state.withLock { $0.shelves[goal]?.take(agent) ?? (.usedUp, nil) }
        if let want { onWant(goal, want) }
        return taken
    }

    /// A row, once it is here.
    ///
    /// - Throws: `CancellationError` where the task is cancelled.
    func row(_ goal: String, agent: Int) async throws -> RowShelf.Taken {
        while true {
            let place = state.withLock { state in
                state.lastWaiting += 1
                return state.lastWaiting
            }
            var taken: RowShelf.Taken?
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    // Whoever adds rows after this wakes it; what was added before is taken here.
                    state.withLock { $0.waiting[place] = continuation }
                    taken = take(goal, agent: agent)
                    if taken != nil || Task.isCancelled { wake(place) }
                }
            } onCancel: {
                wake(place)
            }
            if let taken { return taken }
            try Task.checkCancellation()
        }
    }

    private func wake(_ place: Int) {
        state.withLock { $0.waiting.removeValue(forKey: place) }?.resume()
    }
}
