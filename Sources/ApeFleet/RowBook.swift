import ApeCore

/// The account of a set of rows of which no two sessions share one.
struct RowBook: Sendable {
    let set: RowSet
    /// The first row that nobody has.
    private(set) var next = 0
    /// Each worker's latest lease for each goal: a request that comes again gets the same rows again.
    private var leases: [String: RowLease] = [:]

    init(_ set: RowSet) {
        self.set = set
    }

    var isUsedUp: Bool { next >= set.count }

    private static func key(_ worker: String, _ goal: String) -> String { worker + " " + goal }

    /// A worker's latest lease for a goal.
    func latest(_ worker: String, _ goal: String) -> RowLease? { leases[Self.key(worker, goal)] }

    /// The next rows, for a worker's request.
    mutating func lease(_ count: Int, to worker: String, _ goal: String, request: Int64) -> RowLease {
        let rows = next..<min(set.count, next + count)
        let lease = RowLease(worker: worker, set: set.name, goal: goal, request: request, rows: rows)
        enter(lease)
        return lease
    }

    mutating func enter(_ lease: RowLease) {
        next = max(next, lease.rows.upperBound)
        leases[Self.key(lease.worker, lease.goal)] = lease
    }
}
