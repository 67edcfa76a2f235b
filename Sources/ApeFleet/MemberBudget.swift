import ApeCore

/// What a coordinator takes from one worker: what the contract allows, what an outage has saved up, and no more. A
/// worker that goes beyond it costs itself, not the run.
struct MemberBudget: Sendable {
    var windows: TokenBucket
    var windowBytes: TokenBucket
    var events: TokenBucket
    var lines: TokenBucket
    var bytes: TokenBucket
    /// Lines that make the coordinator do or say something.
    var orders: TokenBucket
    var rows: TokenBucket
    var connections: TokenBucket
    /// Log lines on its account.
    var logs: EventBudget

    /// How often there was too much, by what it was.
    private(set) var refused: [Excess: Int64] = [:]
    /// Of these, what facts tell of.
    private var told: [Excess: Int64] = [:]
    private var toldAt = FleetTime.distantPast

    init(_ limits: CoordinatorLimits) {
        windows = limits.windows
        windowBytes = limits.windowBytes
        events = limits.events
        lines = limits.lines
        bytes = limits.bytes
        orders = limits.orders
        rows = limits.rowRequests
        connections = limits.connections
        logs = EventBudget(perSecond: limits.logsPerSecond)
    }

    /// There was one too many.
    mutating func refuse(_ kind: Excess) {
        refused[kind, default: 0] += 1
    }

    /// The numbers that are to be told anew: those that have grown, not too often.
    mutating func takeUntold(every period: Micros, at now: FleetTime) -> [(kind: Excess, count: Int64)] {
        guard refused != told, now >= toldAt + period else { return [] }
        let untold = Excess.allCases.compactMap { kind in
            refused[kind].flatMap { $0 > told[kind] ?? 0 ? (kind: kind, count: $0) : nil }
        }
        (told, toldAt) = (refused, now)
        return untold
    }

    /// What an earlier coordinator counted.
    mutating func recover(_ kind: Excess, _ count: Int64) {
        refused[kind] = max(refused[kind] ?? 0, count)
        told[kind] = refused[kind]
    }
}

/// What a worker sent too much of.
package enum Excess: String, Sendable, CaseIterable {
    /// Windows that had not come before, by their number or their bytes: those beyond are not taken for a while, and may
    /// come again.
    case windows
    /// Events: those beyond are dropped.
    case events
    /// Lines of all kinds, by their number or their bytes: the connection ends.
    case messages
    /// Connections: those beyond are refused.
    case connections
}
