import ApeCore
import Testing

extension IntegrationTests.Operated {
    /// A target that is not ours: what APE says of it must agree with what it does.
    @Suite(.timeLimit(.minutes(5)))
    struct KintoAsTarget {
        @Test func theExampleHoldsAgainstARealService() async throws {
            try await Scratch.with { scratch in
                guard
                    let programs = try await PythonPackage.programs(
                        of: "kinto",
                        requirement: "kinto==26.*",
                        in: scratch
                    )
                else { try Test.cancel("the Python package index is out of reach") }
                try await Kinto.with(programs: programs, in: scratch) { kinto in
                    let (finished, reportPath) = try await Ape.validate(
                        scenario: Example.kinto(kinto, agents: 2, holdSeconds: 15),
                        in: scratch
                    )
                    #expect(finished.exitCode == 0, "\(finished.errors)")
                    let report = try Report(reportPath)
                    try await report.expectSound(in: scratch)
                    #expect(report.status(.successfulStatefulSessions) == "PASS")
                    #expect(report.count("sessions_succeeded") > 0)
                }
            }
        }
    }
}
