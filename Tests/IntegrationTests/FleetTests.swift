import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// A fleet over several hosts: a coordinator, three workers and the target, each in a network namespace.
    @Suite(
        .timeLimit(.minutes(3)),
        .enabled(if: NetworkNamespaces.isPossible, "needs root, iproute2 and the right to make network namespaces")
    )
    struct Fleet {
        static let workers = ["worker-1", "worker-2", "worker-3"]

        @Test func threeHostsMakeOneVerdict() async throws {
            try await Scratch.with { scratch in
                try await FleetOfHosts.with(workers: Self.workers, in: scratch) { fleet in
                    let outcome = try await fleet.run(holdSeconds: 8, in: scratch) { _ in }
                    #expect(outcome.coordinator.exitCode == 0, "\(outcome.coordinator.errors)")
                    let report = try Report(outcome.reportPath)
                    try await report.expectSound(in: scratch)
                    #expect(Set(report.workers.keys) == Set(Self.workers))
                    let shares = report.workers.values.compactMap { $0["actions"]?.integer }
                    #expect(shares.count == 3 && shares.allSatisfy { $0 > 0 })
                    #expect(shares.reduce(0, +) == report.count("actions"))
                    #expect(report.missing.isEmpty)
                    let shopTotal = try await fleet.shopTotal(in: scratch)
                    #expect(shopTotal == report.count("target_requests"))
                }
            }
        }

        @Test func aCutCableLosesNoWindow() async throws {
            try await Scratch.with { scratch in
                try await FleetOfHosts.with(workers: Self.workers, in: scratch) { fleet in
                    let outcome = try await fleet.run(holdSeconds: 14, in: scratch) { running in
                        try await running.untilRequestsArrive(in: scratch)
                        try await running.hosts.cut("worker-2", in: scratch)
                        try await Task.sleep(for: .seconds(4))
                        try await running.hosts.mend("worker-2", in: scratch)
                    }
                    #expect([0, 3].contains(outcome.coordinator.exitCode), "\(outcome.coordinator.errors)")
                    let report = try Report(outcome.reportPath)
                    try await report.expectSound(in: scratch)
                    #expect(Set(report.workers.keys) == Set(Self.workers))
                    #expect(report.missing.isEmpty)
                }
            }
        }

        @Test func aKilledWorkersAgentsMoveAndItsLastSecondsAreNamed() async throws {
            try await Scratch.with { scratch in
                try await FleetOfHosts.with(workers: Self.workers, in: scratch) { fleet in
                    let outcome = try await fleet.run(holdSeconds: 35, in: scratch) { running in
                        try await running.untilRequestsArrive(in: scratch)
                        try running.worker("worker-3").send(.kill)
                    }
                    #expect(outcome.coordinator.exitCode != 4, "\(outcome.coordinator.errors)")
                    let report = try Report(outcome.reportPath)
                    try await report.expectSound(in: scratch)
                    // The other two take over all of its agents, each its half.
                    let peaks = ["worker-1", "worker-2"].compactMap { report.workers[$0]?["peak_agents"]?.integer }
                    #expect(peaks.reduce(0, +) == Int64(FleetOfHosts.agents))
                    #expect(report.missing.contains { $0["worker"]?.string == "worker-3" })
                    let moved = report.reassignments.filter { $0["from"]?.string == "worker-3" }
                    #expect(moved.allSatisfy { $0["reason"]?.string == "lost" })
                    #expect(moved.reduce(0) { $0 + ($1["agents"]?.integer ?? 0) } == Int64(FleetOfHosts.agents / 3))
                    let sentence = outcome.coordinator.output.replacing("\n  ", with: " ")
                    #expect(sentence.contains("agents of worker-3 changed workers, standing still for at most"))
                }
            }
        }
    }
}
