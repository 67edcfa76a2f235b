import Testing

extension IntegrationTests.Operated {
    /// The coordinator on its own: what it says when the fleet is not there.
    @Suite(.timeLimit(.minutes(2)))
    struct Coordinator {
        @Test func withoutWorkersItEndsAtTheLimitAndSaysWhatItWaitedFor() async throws {
            try await Scratch.with { scratch in
                let scenario = try scratch.write("scenario.yml", Example.look(at: "http://127.0.0.1:9"))
                let invocation = try Invocation.ape(
                    "ape-coordinator",
                    [
                        "run", "--scenario", scenario, "--workers", "2", "--wait", "2s", "--listen", "127.0.0.1:0",
                        "--output", scratch.file("report.json"), "--results", scratch.file("results"),
                    ]
                )
                let finished = try await ProcessHarness.run(invocation, in: scratch)
                #expect(finished.exitCode == 4)
                #expect(finished.errors.contains("0 of 2 workers"), "\(finished.errors)")
            }
        }

        @Test func onAnOpenAddressItDemandsAToken() async throws {
            try await Scratch.with { scratch in
                let scenario = try scratch.write("scenario.yml", Example.look(at: "http://127.0.0.1:9"))
                let invocation = try Invocation.ape(
                    "ape-coordinator",
                    ["run", "--scenario", scenario, "--workers", "1", "--listen", "0.0.0.0:0"]
                )
                let finished = try await ProcessHarness.run(invocation, in: scratch)
                #expect(finished.exitCode == 2)
                #expect(finished.errors.contains("--token-file"), "\(finished.errors)")
            }
        }
    }
}
