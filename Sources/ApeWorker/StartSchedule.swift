import ApeCore

/// When the agents of a stage start: one after the other over the ramp.
struct StartSchedule: Sendable, Equatable {
    /// Agents that come when the ramp is over start spread over this time, not all in one moment.
    static let lateSpreadMicros: Int64 = 2_000_000

    /// By the monotonic clock.
    var rampMicros: Range<Int64>
    /// All agents of the stage, on every worker.
    var fleetAgents: Int
    /// Where sessions arrive, agents that wait for one load nothing: they start all at once.
    var isAtOnce = false

    /// The scheduled start of an agent, by the monotonic clock: its place in the ramp, or soon where that is over.
    ///
    /// - Parameters:
    ///   - agent: its number in the fleet.
    ///   - index: its place among those that start together.
    ///   - newcomers: how many these are.
    ///   - nowMicros: the monotonic clock's time.
    /// - Returns: a time in the ramp, or within ``lateSpreadMicros`` from now.
    func start(of agent: Int, index: Int, of newcomers: Int, nowMicros: Int64) -> Int64 {
        if isAtOnce { return max(rampMicros.lowerBound, nowMicros) }
        guard rampMicros.upperBound > nowMicros else {
            return nowMicros + Self.lateSpreadMicros * Int64(index) / Int64(max(1, newcomers))
        }
        // An agent beyond the fleet's number, which only a strange coordinator assigns, starts with the last.
        let width = Double(rampMicros.upperBound - rampMicros.lowerBound)
        let offset = width * Double(min(agent, fleetAgents)) / Double(max(1, fleetAgents))
        return rampMicros.lowerBound.addingClamped(Int64(saturating: offset))
    }
}
