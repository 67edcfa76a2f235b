import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// A thousand agents on four workers, one of which is killed.
    @Suite(.timeLimit(.minutes(4)))
    struct LargeLoss {
        private static let agents = 1000
        /// A lease, and five seconds more.
        private static let limitMicros: Int64 = 15_000_000

        @Test func allAgentsAreBackSoonAfterALeaseAndTheReportSaysSo() async throws {
            try await Scratch.with { scratch in
                try await RecordingTarget.with(port: FreePort.pick(), in: scratch) { target in
                    let (killed, coordinator) = try await LocalCoordinator.run(
                        scenario: target.scenario(think: "3s")
                            + "plan: [{agents: \(Self.agents), ramp: 6s, warmup: 1s, hold: 28s}]\n",
                        workers: 4,
                        in: scratch
                    ) { coordinator in
                        try await withWorkers(["one", "two", "three", "four"][...], coordinator, in: scratch) { last in
                            _ = try await coordinator.program.wait(for: "every agent's requests", limit: .seconds(90)) {
                                Set(target.record.map(\.agent)).count == Self.agents ? true : nil
                            }
                            let killed = RecordingTarget.nowMicros
                            try last.send(.kill)
                            try await coordinator.untilVerdict()
                            return killed
                        }
                    }
                    #expect([0, 3].contains(coordinator.exitCode), "\(coordinator.errors)")
                    // Every agent asks within 3 s. What was on its way from the killed one has come in after one.
                    let after = target.record.filter { $0.micros > killed + 1_000_000 }
                    let back = Set(after.filter { $0.micros <= killed + Self.limitMicros }.map(\.agent))
                    #expect(back.count == Self.agents)
                    try await check(Report(scratch.file("report.json")), in: scratch)
                }
            }
        }

        private func check(_ report: Report, in scratch: Scratch) async throws {
            try await report.expectSound(in: scratch)
            let quarter = Int64(Self.agents / 4)
            let moved = report.reassignments
            #expect(moved.allSatisfy { $0["from"]?.string == "four" && $0["reason"]?.string == "lost" })
            #expect(moved.reduce(0) { $0 + ($1["agents"]?.integer ?? 0) } == quarter)
            let stoodStill = moved.compactMap { $0["stood_still_seconds"]?.number }.max() ?? .infinity
            #expect(stoodStill * 1_000_000 <= Double(Self.limitMicros))
            let peaks = ["one", "two", "three"].compactMap { report.workers[$0]?["peak_agents"]?.integer }
            #expect(peaks.reduce(0, +) == Int64(Self.agents))
            #expect(report.missing.allSatisfy { $0["worker"]?.string == "four" })
        }

        private func withWorkers<Value: Sendable>(
            _ names: ArraySlice<String>,
            _ coordinator: LocalCoordinator,
            in scratch: Scratch,
            _ body: (RunningProgram) async throws -> Value
        ) async throws -> Value {
            let first = try coordinator.worker(names[names.startIndex])
            return try await ProcessHarness.with(first, in: scratch) { program in
                if names.count == 1 { return try await body(program) }
                return try await withWorkers(names.dropFirst(), coordinator, in: scratch, body)
            }
        }
    }
}
