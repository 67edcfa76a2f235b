import ApeCore
import ApeFleet
import ApeMetrics
import ApeWire

/// A worker's host, its process, and what its shell would have: agents that start and stop.
struct SimulatedWorker: Sendable {
    let host: SimulationSetup.Host
    /// nil while no process runs.
    var machine: WorkerMachine?
    /// The UUID of the process.
    var id = ""
    /// Counts the processes on this host.
    var life = 0
    /// It was asked to leave.
    var isLeaving = false
    /// It goes on after having been stopped, and its machine has yet to notice the time.
    var isWaking = false
    /// Until when the process is stopped.
    var pausedUntilMicros: Int64?
    /// Agents that load the target.
    var running = AgentRanges()
    /// What the machine wants to run.
    var target = AgentRanges()
    /// Counts what the shell was told to do about its agents: what is under way for an older one is void.
    var orders = 0
    /// Its agents, where the fleet has services to ask.
    var pool: SimulatedPool?
    /// What it measures without such.
    var tally = WindowTally()
    /// Its agents, counted by its own clock.
    var presence = AgentPresence(at: 0)
    /// When it was last told anything by a coordinator.
    var heardMicros: Int64 = 0
    /// When the partition from the coordinator ends.
    var partitionedUntilMicros: Int64 = 0
    /// Until when nothing that it says gets through.
    var mutedUntilMicros: Int64 = 0
    var slowUntilMicros: Int64 = 0
    var slowByMicros: Int64 = 0
    /// Every so many-th window of it cannot be read; nil where all can.
    var garblesEvery: Int64?
    /// The wake-up that counts.
    var wakeMicros: Int64?
    /// The rows of data that its process has.
    var rows = SimulatedRows()
    /// The sessions that are to begin on it.
    var arrivals = ArrivalQueue()
    /// Fleet time minus its clock, as it knew it when it measured last.
    var fleetOffset = Micros.zero
    /// The revision of these.
    var revision = 0
    /// When the next session arrives.
    var arrivalWake: Int64?
    /// The seconds in which agents ran.
    var busySince: FleetTime?
    var busy: [(id: String, from: FleetTime, to: FleetTime)] = []

    /// Whether its process goes on, if there is one.
    var isAwake: Bool { pausedUntilMicros == nil && !isWaking }

    /// Fleet time, as the worker knows it.
    func fleetTime(at micros: Int64) -> FleetTime { FleetTime(micros: localTime(at: micros).micros) + fleetOffset }

    func localTime(at micros: Int64) -> LocalTime {
        LocalTime(micros: host.skewMicros + Int64(Double(micros) * host.rate))
    }

    /// The first moment at which the worker's clock shows at least `local`.
    func trueMicros(of local: LocalTime) -> Int64 {
        Int64((Double(local.micros - host.skewMicros) / host.rate).rounded(.up)) + 1
    }
}
