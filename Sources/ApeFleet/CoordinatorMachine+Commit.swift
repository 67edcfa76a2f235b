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
        for case .windowsRefused(let worker, _, let last, _) in batch.facts.lazy.map(\.kind) {
            if let index = memberIndex[worker] { seqs[index] = max(seqs[index] ?? 0, last) }
        }
        recordExcesses(at: now)
        commit = Commit(seqs: seqs, revision: revision, leases: unsentLeases.count, batch: batch, startedAt: now)
        committedAt = now
        actions.append(.commit(batch))
        batch = CommitBatch()
        batchBytes = 0
        isBatchUrgent = false
    }

    mutating func committed(at now: FleetTime) {
        guard let done = commit else { return }
        commit = nil
        let took = now - done.startedAt
        if took >= configuration.limits.slowCommit {
            record(.storeStalled(took), at: now)
            log(.warning, "The store takes windows again", ["took_us": "\(took.micros)"])
        }
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

    /// The store is busy: what comes in waits for it, as long as there is room, and nothing is acked.
    mutating func commitDelayed(_ reason: String, at now: FleetTime) {
        guard let waiting = commit else { return }
        let limits = configuration.limits
        guard now - waiting.startedAt < (isEnding ? limits.busyStoreAtEnd : limits.busyStore) else {
            return commitFailed(reason, at: now)
        }
        if !waiting.isToldBusy {
            log(.warning, "The store is busy: windows wait for it, and the run goes on", ["reason": reason])
        }
        commit?.isToldBusy = true
        commit?.retryAt = now + limits.commitRetry
    }

    /// Tells of a commit that takes long, busy or not: a disk may hang.
    mutating func tellSlowCommit(at now: FleetTime) {
        guard let waiting = commit, !waiting.isToldBusy, now - waiting.startedAt >= configuration.limits.slowCommit
        else {
            return
        }
        commit?.isToldBusy = true
        log(.warning, "The store is slow: windows wait for it, and the run goes on")
    }

    /// Hands a commit that was delayed over once more.
    mutating func retryCommit(at now: FleetTime) {
        guard let waiting = commit, let retryAt = waiting.retryAt, now >= retryAt else { return }
        commit?.retryAt = nil
        actions.append(.commit(waiting.batch))
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
