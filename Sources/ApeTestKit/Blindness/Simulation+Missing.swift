import ApeCore
import ApeRun

/// What the fleet took away from a hold, whatever the books say.
extension Simulation {
    /// Takes note of agents that no process runs in a hold.
    mutating func noteMissing() {
        guard load != nil else { return }
        let fleet = fleetTime(at: now)
        let held = ledger.stages.last { stage in
            stage.timeline.map { fleet >= $0.holdStart && fleet < $0.end } ?? false
        }
        let running = owners.count { $0 >= 0 }
        guard let held, Double(running) < 0.95 * Double(held.stage.agents) else { return missingSince = nil }
        let since = missingSince ?? now
        missingSince = since
        longestMissing = max(longestMissing, now - since)
    }
}
