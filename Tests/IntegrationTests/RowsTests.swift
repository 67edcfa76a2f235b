import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Measured {
    /// Rows of a file that are taken once: no two sessions share one, whatever becomes of workers and coordinator.
    @Suite(.timeLimit(.minutes(3)))
    struct Rows {
        private static let rows = 600

        @Test func noTwoSessionsShareARow() async throws {
            try await Scratch.with { scratch in
                let text = "id,note\n" + (0..<Self.rows).map { "\($0),\"user, \($0)\"\n" }.joined()
                try scratch.write("users.csv", text)
                try await RecordingTarget.with(port: FreePort.pick(), in: scratch) { target in
                    let outcome = try await runWithLosses(target, in: scratch)
                    #expect([1, 3].contains(outcome.exitCode), "\(outcome.errors)")
                    let rows = target.record.map(\.agent)
                    #expect(Set(rows).count == rows.count, "a row was used twice")
                    #expect(Set(rows).isSubset(of: 0..<Self.rows))
                    // The killed worker's and the coordinator's last blocks are left out, and no more.
                    #expect(rows.count > Self.rows / 2)
                    let report = try Report(scratch.file("report.json"))
                    try await report.expectSound(in: scratch)
                    #expect("\(report.root.text)".contains("all 600 rows are handed out"))
                }
            }
        }

        /// Two workers, of which one is killed; then the coordinator is, and takes up the run again.
        private func runWithLosses(_ target: RecordingTarget, in scratch: Scratch) async throws -> FinishedProgram {
            let control = "127.0.0.1:\(try FreePort.pick())"
            let scenario = try scratch.write("scenario.yml", Self.scenario(target))
            let common = [
                "run", "--scenario", scenario, "--workers", "2", "--listen", control,
                "--output", scratch.file("report.json"), "--results", scratch.file("results"),
            ]
            let first = try Invocation.ape("ape-coordinator", common)
            let stays = try Invocation.ape("ape-worker", ["--coordinator", control, "--name", "stays"])
            let goes = try Invocation.ape("ape-worker", ["--coordinator", control, "--name", "goes"])
            return try await ProcessHarness.with(stays, in: scratch) { _ in
                let (_, killed) = try await ProcessHarness.supervise(first, in: scratch) { coordinator in
                    _ = try await coordinator.line(containing: "listening for workers")
                    _ = try await ProcessHarness.supervise(goes, in: scratch) { worker in
                        try await until(target, hasAnswered: 60)
                        try worker.send(.kill)
                    }
                    try await until(target, hasAnswered: 150)
                    try coordinator.send(.kill)
                }
                #expect(killed.exitCode == -9)
                let second = try Invocation.ape("ape-coordinator", common + ["--resume", "latest"])
                return try await ProcessHarness.run(second, in: scratch)
            }
        }

        private func until(_ target: RecordingTarget, hasAnswered number: Int) async throws {
            try await Wait.until("\(number) sessions", limit: .seconds(60)) {
                target.record.count >= number ? true : nil
            }
        }

        private static func scenario(_ target: RecordingTarget) -> String {
            """
            name: rows
            targets: {target: {url: "\(target.url)", endpoints: [{"GET /agents/{id}": Be there.}]}}
            goals:
              ask:
                data: {file: users.csv, pick: once}
                script: ["GET /agents/{{id}}"]
                success: [{answer: "GET /agents/{id}", status: 200}]
            pacing: {between_sessions: 100ms}
            kpi_targets: {successful_stateful_sessions: 0, mtba_threshold: 60, mtba_high_load: 60}

            """ + Example.plan(agents: 6, holdSeconds: 40)
        }
    }
}
