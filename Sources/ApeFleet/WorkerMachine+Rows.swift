import ApeCore
import ApeWire

/// The rows of data that agents take: asked for, asked for again after a reconnect, and handed to the shell once.
extension WorkerMachine {
    mutating func wantRows(_ goal: String, _ want: RowWant) {
        guard let current = run, current.ending == nil,
            let message = rowRequests.ask(goal, want, of: current.run)
        else { return }
        send(.wantRows(message))
    }

    mutating func take(_ answer: Rows) {
        guard run?.run == answer.run else { return }
        let (rows, then) = rowRequests.take(answer)
        if let rows { actions.append(.stock(rows)) }
        if let then { send(.wantRows(then)) }
    }

    /// What was asked for on an earlier connection.
    mutating func askForRowsAgain() {
        guard let current = run, current.ending == nil else { return }
        for want in rowRequests.wants(of: current.run) { send(.wantRows(want)) }
    }
}
