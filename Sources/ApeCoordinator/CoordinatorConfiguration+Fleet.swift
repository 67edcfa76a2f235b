import ApeChannel
import ApeCore
import ApeFleet

extension CoordinatorConfiguration {
    /// What the fleet machine is told.
    var fleet: ApeFleet.CoordinatorConfiguration {
        var fleet = ApeFleet.CoordinatorConfiguration(
            run: runID,
            name: "ape-coordinator \(ApeVersion.text)",
            plan: plan,
            seed: seed,
            scenario: scenario.document,
            expectedWorkers: workers,
            token: token,
            authenticator: HMAC.sha256(key:message:)
        )
        fleet.waitMicros = waitMicros
        return fleet
    }
}
