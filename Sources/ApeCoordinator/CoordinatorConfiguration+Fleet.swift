import ApeChannel
import ApeCore
import ApeFleet
import ApeProgram

extension CoordinatorConfiguration {
    /// What the fleet machine is told.
    ///
    /// - Throws: ``ApeError`` for a scenario that does not fit on the wire.
    func fleet() throws(ApeError) -> ApeFleet.CoordinatorConfiguration {
        let document = try scenario.wireDocument()
        var fleet = ApeFleet.CoordinatorConfiguration(
            run: runID,
            name: "ape-coordinator \(ApeVersion.text)",
            clock: SecureRandom.hex(bytes: 8),
            plan: plan,
            seed: seed,
            scenario: document,
            expectedWorkers: workers,
            token: token,
            authenticator: HMAC.sha256(key:message:)
        )
        fleet.rowSets = scenario.rowSets
        fleet.wait = wait
        fleet.drain = Micros(scenario.limits.drainMicros)
        return fleet
    }
}
