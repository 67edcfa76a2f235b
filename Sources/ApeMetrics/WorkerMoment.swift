/// How a worker was in the newest second that it has told of.
package struct WorkerMoment: Sendable, Equatable {
    /// Fleet time.
    package var endMicros: Int64
    /// Agents that it was told to run.
    package var assigned: Int
    /// Agents at work on sessions.
    package var active: Int
    package var host: HostSample

    package init(endMicros: Int64, assigned: Int, active: Int, host: HostSample) {
        self.endMicros = endMicros
        self.assigned = assigned
        self.active = active
        self.host = host
    }
}
