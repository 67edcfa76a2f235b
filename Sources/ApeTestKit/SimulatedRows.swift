import ApeCore
import ApeFleet
import ApeWire

/// The rows of data that a simulated worker's process has: those of its agents' numbers, and some that nobody else has.
struct SimulatedRows: Sendable {
    static let once = "once"
    static let byAgent = "by agent"

    /// Rows that nobody else has, and that no session has taken.
    var left = 0
    /// Since when further ones are waited for; nil while they are not.
    var askedMicros: Int64?
    var areAllOut = false
    /// The rows of agents' numbers that have come.
    var numbered: Set<Int> = []

    /// Half of all fleets have data: enough rows, or too few.
    static func sets(seed: UInt64) -> [RowSet] {
        var random = SeededRandom(seed: seed ^ 0xDA7A)
        guard Bool.random(using: &random) else { return [] }
        let count = Int.random(in: 1...600, using: &random)
        return [
            RowSet(name: "once.csv", goals: [once], pick: .once, count: count, bytes: count * 20),
            RowSet(name: "agents.csv", goals: [byAgent], pick: .agent, count: 25, bytes: 500),
        ]
    }

    /// The values of rows: their numbers.
    static func values(_ range: Range<Int>) -> [DataRow] { range.map { ["\($0)"] } }
}

/// No two sessions share a row: rows that nobody may have twice come to one process, once.
extension Simulation {
    mutating func foresee(_ index: Int, _ agents: AgentRanges, then events: inout [WorkerMachine.Event]) {
        guard let set = setup.rowSets.first(where: { $0.pick == .agent }) else { return }
        let wanted = Set(agents.agents.map { $0 % set.count }).subtracting(workers[index].rows.numbered)
        guard !wanted.isEmpty else { return }
        events.append(.rowsWanted(goal: SimulatedRows.byAgent, .numbered(wanted.sorted().map { $0...$0 })))
    }

    /// Sessions of a second take rows, and more are asked for before they run out.
    mutating func useRows(_ index: Int, then events: inout [WorkerMachine.Event]) {
        guard setup.rowSets.contains(where: { $0.pick == .once }) else { return }
        let running = workers[index].running.count
        workers[index].rows.left = max(0, workers[index].rows.left - running)
        let rows = workers[index].rows
        guard rows.left < running, rows.askedMicros == nil, !rows.areAllOut else { return }
        workers[index].rows.askedMicros = now
        events.append(.rowsWanted(goal: SimulatedRows.once, .next(2 * running)))
    }

    mutating func stock(_ index: Int, _ rows: Rows) {
        for (offset, row) in rows.rows.enumerated() where row != ["\(rows.first + offset)"] {
            violate("2: row \(rows.first + offset) came as \(row)")
        }
        let numbers = rows.first..<(rows.first + rows.rows.count)
        guard rows.goal == SimulatedRows.once else { return workers[index].rows.numbered.formUnion(numbers) }
        for number in numbers {
            if let taker = rowTakers[number] {
                violate("2: row \(number) went to \(taker) and to \(workers[index].id)")
            }
            rowTakers[number] = workers[index].id
        }
        workers[index].rows.left += rows.rows.count
        workers[index].rows.areAllOut = rows.isUsedUp
        if rows.isLast { workers[index].rows.askedMicros = nil }
    }

    /// A coordinator that comes back must know of every row that it has sent.
    mutating func sendRows(_ delivery: RowDelivery, on id: ConnectionID) {
        if delivery.goal == SimulatedRows.once {
            for range in delivery.ranges where !store.hasLeased(range) {
                violate("2: rows \(range) are sent, and that is not stored")
            }
        }
        for line in delivery.lines(SimulatedRows.values) { send(id, toCoordinator: false, line) }
    }

    /// Once all has healed, nobody waits for rows, and every agent has the row of its number.
    mutating func checkRowsAreThere() {
        guard isCalm else { return }
        for worker in workers where worker.machine != nil && !worker.isLeaving {
            if let asked = worker.rows.askedMicros, now - asked > 3_000_000 {
                violate("6: \(worker.id) has waited for rows since \(asked)")
            }
            guard let set = setup.rowSets.first(where: { $0.pick == .agent }) else { continue }
            if !worker.rows.numbered.isSuperset(of: worker.running.agents.map { $0 % set.count }) {
                violate("6: \(worker.id) lacks rows of its agents")
            }
        }
    }
}
