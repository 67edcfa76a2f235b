import ApeFleet

/// One connection between a worker's process and the coordinator's.
struct SimulatedLink: Sendable {
    /// One direction of it.
    struct Way: Sendable {
        /// When the latest bytes arrive: later ones cannot overtake them.
        var lastMicros: Int64 = 0
        /// Whether the receiving side still has the connection.
        var isOpen = true
    }

    let id: ConnectionID
    let worker: Int
    /// The worker's process and the coordinator's: neither outlives a kill.
    let workerLife: Int
    let coordinatorLife: Int
    var toCoordinator = Way()
    var toWorker = Way()
    /// Everything sent from now on is lost, and nobody is told.
    var isDead = false
}
