import ApeCore
import ApeWire

/// The rows of data that workers are given.
///
/// Rows that nobody may have twice are leased in blocks. A lease is stored before its rows are sent: a coordinator that
/// comes back after a crash never gives them to another. What was stored and not sent is left out.
extension CoordinatorMachine {
    mutating func take(_ want: WantRows, from index: Int, on id: ConnectionID, at now: FleetTime) {
        guard members[index].standing == .active || members[index].standing == .leaving, !isEnding, !isStoreBroken
        else { return }
        guard let place = rowBooks.firstIndex(where: { $0.set.goals.contains(want.goal) }) else {
            let message = "The goal \(want.goal.prefix(64)) has no rows to be asked for"
            return send(.error(ApeError(.malformed, message)), to: index)
        }
        let set = rowBooks[place].set
        switch (set.pick, want.want) {
        case (.agent, .numbered(let wanted)):
            let rows = wanted.intersection(AgentRanges(0..<set.count)).prefix(Self.rowsAtOnce(of: set))
            deliver(want, rows.ranges.map { $0.lowerBound..<($0.upperBound + 1) }, isUsedUp: false, on: id)
        case (.once, .next(let count)): lease(count, of: place, want, to: index, on: id, at: now)
        case (.agent, .next), (.once, .numbered):
            let message = "Rows of the goal \(want.goal) are picked by \(set.pick.rawValue)"
            send(.error(ApeError(.malformed, message)), to: index)
        }
    }

    private mutating func lease(
        _ count: Int,
        of place: Int,
        _ want: WantRows,
        to index: Int,
        on id: ConnectionID,
        at now: FleetTime
    ) {
        let worker = members[index].worker
        if let latest = rowBooks[place].latest(worker, want.goal), latest.request >= want.id {
            // Of an older request nothing is known any more, and nobody waits for it.
            guard latest.request == want.id, !unsentLeases.contains(latest) else { return }
            return deliver(want, [latest.rows], isUsedUp: rowBooks[place].isUsedUp, on: id)
        }
        guard !rowBooks[place].isUsedUp else { return deliver(want, [], isUsedUp: true, on: id) }
        let set = rowBooks[place].set
        // Towards the end the blocks get smaller, so that no worker has rows while others have none.
        let fair = (set.count - rowBooks[place].next) / (2 * max(1, members.count { $0.isEligible }))
        let rows = max(1, min(count, fair, Self.rowsAtOnce(of: set)))
        let lease = rowBooks[place].lease(rows, to: worker, want.goal, request: want.id)
        unsentLeases.append(lease)
        record(.rowsLeased(lease), at: now)
        isBatchUrgent = true
        guard rowBooks[place].isUsedUp else { return }
        record(.rowsUsedUp(set: set.name, rows: set.count), at: now)
        log(.warning, "All rows of data are handed out", ["data": set.name, "rows": "\(set.count)"])
    }

    /// Leases up to this one, by their order, are stored: their rows go out to whoever is still there to take them.
    mutating func sendStoredLeases(_ stored: Int) {
        for lease in unsentLeases.prefix(stored) {
            guard let index = memberIndex[lease.worker], let id = members[index].connection,
                let book = rowBooks.first(where: { $0.set.name == lease.set })
            else { continue }
            let want = WantRows(
                run: configuration.run,
                id: lease.request,
                goal: lease.goal,
                want: .next(lease.rows.count)
            )
            deliver(want, [lease.rows], isUsedUp: book.isUsedUp, on: id)
        }
        unsentLeases.removeFirst(min(stored, unsentLeases.count))
    }

    private mutating func deliver(_ want: WantRows, _ ranges: [Range<Int>], isUsedUp: Bool, on id: ConnectionID) {
        actions.append(
            .sendRows(
                id,
                RowDelivery(
                    run: configuration.run,
                    request: want.id,
                    goal: want.goal,
                    ranges: ranges,
                    isUsedUp: isUsedUp
                )
            )
        )
    }

    /// Rows of a set that are sent in one go: what a worker that reads slowly may let wait.
    private static func rowsAtOnce(of set: RowSet) -> Int {
        let bytesAtOnce = 512 * 1024
        return max(1, min(WireLimit.rows, bytesAtOnce / max(1, set.bytes / max(1, set.count))))
    }

    /// The rows cannot be read any more.
    mutating func rowsFailed(_ error: ApeError, at now: FleetTime) {
        log(.error, "Rows of data cannot be read", ["reason": error.message])
        finish(.fleetFailed(FleetFailure(.dataFailed, error)), at: now)
    }
}
