import ApeCore
import ApeFleet

/// How a worker stands with its coordinator.
package enum WorkerStanding: String, Sendable, CaseIterable {
    case connected
    /// It has no connection, and may come back.
    case away
    /// It was given up.
    case lost
    /// It was given up, and another of its name has joined since: what becomes of that one counts.
    case replaced
    /// It has stopped.
    case left
}

/// What has come in from one worker so far.
package struct WorkerTally: Sendable, Equatable {
    /// The worker's identity.
    package var worker: String
    package var name: String
    package var standing: WorkerStanding
    /// Windows stored.
    package var windows: Int64
    package var late: Int64
    package var duplicates: Int64
    package var dropped: Int64
}

extension FleetBooks {
    /// What has come in, by worker in the order of joining.
    package var tallies: [WorkerTally] {
        accounts.map {
            WorkerTally(
                worker: $0.worker,
                name: $0.name,
                standing: $0.standing,
                windows: $0.windows,
                late: $0.late,
                duplicates: $0.duplicates,
                dropped: $0.dropped
            )
        }
    }
}

extension FleetBooks.Account {
    fileprivate var standing: WorkerStanding {
        if stoppedSeq != nil { return .left }
        guard awayMicros != nil else { return .connected }
        guard presences.last?.ending == .lost else { return .away }
        return hasSuccessor ? .replaced : .lost
    }
}
