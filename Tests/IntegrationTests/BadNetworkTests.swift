import ApeCore
import Testing

extension IntegrationTests.Operated {
    /// Hosts that are far from each other: 300 ms one way, and every twentieth packet is lost.
    @Suite(
        .timeLimit(.minutes(3)),
        .enabled(
            if: NetworkNamespaces.isPossible && NetworkNamespaces.hasTunnels,
            "needs root, iproute2, /dev/net/tun and the right to make network namespaces"
        )
    )
    struct BadNetwork {
        @Test func delayAndLossCostNoWindow() async throws {
            let wire = NetworkNamespaces.BadWire(delayMilliseconds: 300, loss: 0.05)
            try await Scratch.with { scratch in
                try await FleetOfHosts.with(workers: IntegrationTests.Operated.Fleet.workers, on: wire, in: scratch) {
                    fleet in
                    let outcome = try await fleet.run(holdSeconds: 15, in: scratch) { _ in }
                    // A request takes 600 ms and more, so a target may be missed; that is not what is asked here.
                    #expect([0, 1, 3].contains(outcome.coordinator.exitCode), "\(outcome.coordinator.errors)")
                    let report = try Report(outcome.reportPath)
                    try await report.expectSound(in: scratch)
                    #expect(report.missing.isEmpty)
                    #expect(report.reassignments.isEmpty)
                    #expect(Set(report.workers.keys) == Set(IntegrationTests.Operated.Fleet.workers))
                    let shares = report.workers.values.compactMap { $0["peak_agents"]?.integer }
                    #expect(shares == [Int64](repeating: Int64(FleetOfHosts.agents / 3), count: 3))
                    // The wire is as bad as it is meant to be: there and back again takes twice its delay.
                    let target = report.validation["series"]?["whole_run"]?["target"]
                    #expect((target?["min_seconds"]?.number ?? 0) >= 0.6, "\(String(describing: target))")
                    let shopTotal = try await fleet.shopTotal(in: scratch)
                    #expect(shopTotal == report.count("target_requests"))
                }
            }
        }
    }
}
