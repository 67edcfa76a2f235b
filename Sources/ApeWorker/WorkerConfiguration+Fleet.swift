import ApeAgent
import ApeChannel
import ApeCore
import ApeFleet
import ApeProgram
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
