import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// A worker that is stopped for longer than its lease and then goes on, not knowing that it was.
    @Suite(
        .timeLimit(.minutes(3)),
        .enabled(if: NetworkNamespaces.isPossible, "needs root, iproute2 and the right to make network namespaces")
    )
    struct StoppedWorker {
        private static let stopped = "worker-3"

        @Test func itRunsNoAgentThatMoved() async throws {
            try await Scratch.with { scratch in
                try await FleetOfHosts.with(workers: IntegrationTests.Operated.Fleet.workers, in: scratch) { fleet in
                    let host = try fleet.hosts.address("target")
                    let namespace = fleet.hosts.namespace("target")
                    try await RecordingTarget.with(at: host, port: 8082, namespace: namespace, in: scratch) { target in
                        try await check(fleet, target, in: scratch)
                    }
                }
            }
        }

        private func check(_ fleet: FleetOfHosts, _ target: RecordingTarget, in scratch: Scratch) async throws {
            let address = try fleet.hosts.address(Self.stopped)
            // Agents that ask as often as these have something due in the very moment in which the process goes on.
            let scenario = target.scenario(think: "20ms")
            let resumed = Moment()
            let outcome = try await fleet.run(scenario: scenario, holdSeconds: 32, in: scratch) { running in
                let worker = try running.worker(Self.stopped)
                try await Wait.until("every agent's requests") {
                    Set(target.record.map(\.agent)).count == FleetOfHosts.agents ? true : nil
                }
                let own = Set(target.record.filter { $0.host == address }.map(\.agent))
                #expect(own.count == FleetOfHosts.agents / 3)
                try worker.send(.suspend)
                let stopped = RecordingTarget.nowMicros
                try await Wait.until("its agents on other hosts", limit: .seconds(40)) {
                    let later = target.record.filter { $0.micros > stopped && $0.host != address }
                    return own.isSubset(of: later.map(\.agent)) ? true : nil
                }
                resumed.micros = RecordingTarget.nowMicros
                try worker.send(.resume)
            }
            #expect([0, 3].contains(outcome.coordinator.exitCode), "\(outcome.coordinator.errors)")
            let record = target.record
            checkOwners(record)
            // It has come back and is given agents again.
            #expect(record.contains { $0.host == address && $0.micros > resumed.micros })
            let report = try Report(outcome.reportPath)
            try await report.expectSound(in: scratch)
            let lost = report.reassignments.filter { $0["reason"]?.string == "lost" }
            #expect(lost.allSatisfy { $0["from"]?.string == Self.stopped })
            #expect(lost.reduce(0) { $0 + ($1["agents"]?.integer ?? 0) } == Int64(FleetOfHosts.agents / 3))
            #expect(report.missing.contains { $0["worker"]?.string == Self.stopped })
            #expect(report.missing.allSatisfy { $0["worker"]?.string == Self.stopped })
            // What was on its way when it was stopped is cut, and counts for nothing: at most a request of each agent.
            let uncounted = Int64(record.count) - report.count("target_requests")
            #expect((0...Int64(FleetOfHosts.agents / 3)).contains(uncounted), "\(uncounted) requests are not counted")
        }

        /// An agent is asked for by one host, then by another, and at most once more by the first: where a host went on
        /// with agents that had moved, the two would take turns.
        private func checkOwners(_ record: [RecordingTarget.Entry]) {
            for (agent, entries) in Dictionary(grouping: record, by: \.agent) {
                var owners: [String] = []
                for entry in entries where entry.host != owners.last { owners.append(entry.host) }
                #expect(owners.count <= 3, "agent \(agent) came from \(owners)")
            }
        }
    }
}

/// A moment that is known later.
private final class Moment {
    var micros: Int64 = .max
}
