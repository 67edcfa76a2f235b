import ApeAgent
import ApeChannel
import ApeCore
import ApeFleet
import ApeWire

extension WorkerConfiguration {
    /// What the fleet machine is told.
    var fleet: ApeFleet.WorkerConfiguration {
        ApeFleet.WorkerConfiguration(
            worker: id,
            name: name,
            software: ApeVersion.text,
            capacity: Capacity(
                cpus: host.cpus,
                memoryBytes: host.memoryBytes,
                maxAgents: maxAgents,
                labels: labels.merging(["host": host.name]) { given, _ in given }
            ),
            token: token,
            authenticator: HMAC.sha256(key:message:),
            once: endsWithRun,
            jitterSeed: UInt64.random(in: .min ... .max)
        )
    }
}

extension AgentEvent {
    /// The event as the fleet machine takes it.
    var fleetEvent: WorkerMachine.Event {
        let level: WorkerEvent.Level =
            switch level {
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        return .agentEvent(
            level: level,
            code: code,
            message: message,
            agent: agent,
            traceID: traceID,
            session: session
        )
    }
}
