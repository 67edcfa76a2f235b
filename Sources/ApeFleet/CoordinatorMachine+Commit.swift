import ApeCore
import ApeMetrics
import ApeWire

/// Storing: one batch at a time, and only what is stored is acked or acted on.
extension CoordinatorMachine {
    mutating func commitBatch(at now: FleetTime) {
        guard commit == nil, !batch.isEmpty, !isStoreBroken else { return }
        guard isBatchUrgent || isEnding || now >= committedAt + configuration.limits.commitInterval else { return }
        for index in members.indices where members[index].duplicates > members[index].recordedDuplicates {
            members[index].recordedDuplicates = members[index].duplicates
            record(.duplicates(worker: members[index].worker, windows: members[index].duplicates), at: now)
        }
        var seqs: [Int: Int64] = [:]
        for stored in batch.windows {
            if let index = memberIndex[stored.worker] { seqs[index] = max(seqs[index] ?? 0, stored.window.seq) }
        }
        commit = Commit(seqs: seqs, revision: revision, leases: unsentLeases.count)
        committedAt = now
        actions.append(.commit(batch))
        batch = CommitBatch()
        batchBytes = 0
        isBatchUrgent = false
    }

    mutating func committed(at now: FleetTime) {
        guard let done = commit else { return }
        commit = nil
        for (index, seq) in done.seqs.sorted(by: { $0.key < $1.key }) {
            members[index].storedSeq = max(members[index].storedSeq, seq)
            send(.ack(Ack(run: configuration.run, seq: members[index].storedSeq)), to: index)
        }
        if done.revision > storedRevision {
            storedRevision = done.revision
            for index in members.indices { sendAssignment(to: index) }
        }
        sendStoredLeases(done.leases)
        if case .closing(let outcome) = phase, batch.isEmpty { close(outcome) }
    }

    mutating func commitFailed(_ reason: String, at now: FleetTime) {
        guard commit != nil else { return }
        commit = nil
        isStoreBroken = true
        let message =
            "The run can no longer be stored, so it ends here; put right what is said below and continue it with "
            + "--resume \(configuration.run)"
        let error = ApeError(.fleet, message, cause: reason)
        log(.error, "The run cannot be stored", ["reason": reason])
        if isEnding { return close(.fleetFailed(FleetFailure(.storeFailed, error))) }
        finish(.fleetFailed(FleetFailure(.storeFailed, error)), at: now)
    }
}
