import ApeRun

extension FleetEvent {
    /// Whether a person who watches the run wants to know at once. Agents' troubles are told in the report.
    package var isForTerminal: Bool {
        // A refusal ends the run and is told then.
        agent == nil && code != "worker_stopped" && code != "worker_refused"
    }
}
