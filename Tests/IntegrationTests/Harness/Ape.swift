import Subprocess

/// The programs under test, started the way that users start them.
enum Ape {
    /// `ape-test validate` on a scenario, to its end.
    ///
    /// - Returns: what the program said and the path of the report, whether or not it was written.
    static func validate(
        scenario: String,
        flags: [String] = [],
        environment: [String: String] = [:],
        namespace: String? = nil,
        in scratch: Scratch
    ) async throws -> (finished: FinishedProgram, reportPath: String) {
        let scenarioPath = try scratch.write("scenario.yml", scenario)
        let reportPath = scratch.file("report.json")
        var invocation = try Invocation.ape(
            "ape-test",
            ["validate", "--scenario", scenarioPath, "--output", reportPath, "--results", scratch.file("results")]
                + flags
        )
        invocation.environment = environment
        invocation.namespace = namespace
        let finished = try await ProcessHarness.run(invocation, in: scratch)
        return (finished, reportPath)
    }
}
