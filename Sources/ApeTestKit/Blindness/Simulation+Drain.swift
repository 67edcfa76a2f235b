import ApeCore
import ApeFleet
import ApeRun

/// Promise 5: a run ends, and in time.
extension Simulation {
    /// How long workers may take to end.
    static let finish = Micros.seconds(15)
    /// For leases that run out, connections that come again, and commits.
    private static let healingMicros: Int64 = 20_000_000

    /// What the last hold began is waited for, and not for longer than that.
    mutating func checkDrain() {
        guard outcome == .finished, let end = ledger.stages.last?.timeline?.end,
            !setup.plan.stages.contains(where: \.isOpen)
        else { return }
        let healing = setup.faults.isEmpty ? 0 : setup.faults.reduce(Self.healingMicros) { $0 + $1.fault.micros }
        let late = (fleetTime(at: now) - end - setup.drain - Self.finish).micros
        if late > healing { violate("5: the run ends \(late) us later than its last hold and what that began allow") }
    }
}
