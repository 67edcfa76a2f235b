import ApeCore
import ApeWire

/// Windows that came and cannot be read.
extension CoordinatorMachine {
    /// A window is dropped, named and acked with the others: its worker would otherwise send it again after every reconnect,
    /// and nothing behind it would ever come in.
    mutating func refuse(_ window: UnreadableWindow, from index: Int, on id: ConnectionID, at now: FleetTime) {
        guard isOurs(window.run, from: index) else { return }
        if case .closing = phase { return }
        guard isNew(window.seq, from: index), takesWindow(of: 0, from: index, on: id, at: now) else { return }
        noteReceived(window.seq, from: index, at: now)
        let message = "Window \(window.seq) cannot be read and is dropped: \(window.reason)"
        send(.error(ApeError(.windowRefused, message)), to: index)
        recordRefused(window.seq, of: index, window.reason.cut(to: WireLimit.messageBytes), at: now)
    }

    /// Windows in a row that are refused for the same reason are one fact, and one line of the log.
    private mutating func recordRefused(_ seq: Int64, of index: Int, _ reason: String, at now: FleetTime) {
        let worker = members[index].worker
        if let last = batch.facts.last, case .windowsRefused(worker, let first, seq - 1, reason) = last.kind {
            batch.facts[batch.facts.count - 1].kind = .windowsRefused(
                worker: worker,
                firstSeq: first,
                lastSeq: seq,
                reason: reason
            )
        } else {
            record(.windowsRefused(worker: worker, firstSeq: seq, lastSeq: seq, reason: reason), at: now)
            log(
                of: index,
                .error,
                "A window cannot be read and is dropped",
                ["seq": "\(seq)", "reason": reason],
                at: now
            )
        }
    }
}
