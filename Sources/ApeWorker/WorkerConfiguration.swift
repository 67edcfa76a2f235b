import ApeChannel
import ApeCore
import ApeProgram

/// What a worker is told by its operator.
package struct WorkerConfiguration: Sendable {
    package var coordinator: HostPort
    /// What is shown to the coordinator and asked of it; nil for a channel in clear text.
    package var tls: TLSCredentials?
    /// The secret that the fleet shares; empty where none was given.
    package var token: Secret
    /// The UUID of this process.
    package var id: String
    /// How reports call this worker.
    package var name: String
    package var host: HostFacts
    package var labels: [String: String]
    /// nil for as many as come.
    package var maxAgents: Int?
    package var allowList: AllowList
    package var keyList: KeyAllowList
    /// The proxy where the scenario names none; nil for what the environment says.
    package var proxy: String?
    /// Threads that run agents.
    package var reactors: Int
    /// End with the run, or when the coordinator cannot be reached.
    package var endsWithRun: Bool

    package init(
        coordinator: HostPort,
        tls: TLSCredentials?,
        token: Secret,
        id: String,
        name: String,
        host: HostFacts,
        labels: [String: String],
        maxAgents: Int?,
        allowList: AllowList,
        keyList: KeyAllowList,
        proxy: String?,
        reactors: Int,
        endsWithRun: Bool
    ) {
        self.coordinator = coordinator
        self.tls = tls
        self.token = token
        self.id = id
        self.name = name
        self.host = host
        self.labels = labels
        self.maxAgents = maxAgents
        self.allowList = allowList
        self.keyList = keyList
        self.proxy = proxy
        self.reactors = reactors
        self.endsWithRun = endsWithRun
    }
}
