import ApeMetrics

/// What a worker said of itself when it joined.
package struct WorkerFacts: Sendable, Equatable {
    /// The identity of the worker's process.
    package var id: String
    package var name: String
    /// APE's version there.
    package var version: String
    package var labels: [String: String]
    package var cpus: Int
    package var memoryBytes: Int64
    package var maxAgents: Int

    package init(
        id: String,
        name: String,
        version: String = "",
        labels: [String: String] = [:],
        cpus: Int = 0,
        memoryBytes: Int64 = 0,
        maxAgents: Int = 0
    ) {
        self.id = id
        self.name = name
        self.version = version
        self.labels = labels
        self.cpus = cpus
        self.memoryBytes = memoryBytes
        self.maxAgents = maxAgents
    }

    /// The host by its label, or else the worker's name.
    package var host: String { labels["host"] ?? name }
}

/// A stretch of time in which a worker belonged to the fleet and owed a window for every second.
package struct WorkerPresence: Sendable, Equatable {
    /// Fleet time.
    package var fromMicros: Int64
    /// Fleet time; nil while the worker is there.
    package var toMicros: Int64?
    package var ending: Ending?

    package enum Ending: String, Sendable, CaseIterable {
        /// It said that it leaves.
        case left
        /// Its lease ran out.
        case lost
    }

    package init(fromMicros: Int64, toMicros: Int64? = nil, ending: Ending? = nil) {
        self.fromMicros = fromMicros
        self.toMicros = toMicros
        self.ending = ending
    }
}
