import ApeCore

/// Something that happened to the fleet during a run, in words: what reports and the terminal show.
package struct FleetEvent: Sendable, Equatable {
    package var at: FleetTime
    package var level: Level
    /// A stable, lower-case name such as `worker_lost`.
    package var code: String
    package var message: String
    package var worker: String?
    package var agent: Int?
    package var traceID: String?

    package init(
        at: FleetTime,
        level: Level,
        code: String,
        message: String,
        worker: String? = nil,
        agent: Int? = nil,
        traceID: String? = nil
    ) {
        self.at = at
        self.level = level
        self.code = code
        self.message = message
        self.worker = worker
        self.agent = agent
        self.traceID = traceID
    }
}
