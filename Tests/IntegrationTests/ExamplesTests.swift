import ApeCore
import Testing

extension IntegrationTests.Operated {
    /// The scenarios of `docs/examples` hold against what they were written for.
    @Suite(.timeLimit(.minutes(5)))
    struct Examples {
        /// Runs an example and expects its sessions to succeed, each of them stateful.
        private func holds(_ scenario: String, in scratch: Scratch) async throws {
            let (finished, reportPath) = try await Ape.validate(scenario: scenario, in: scratch)
            #expect([0, 3].contains(finished.exitCode), "\(finished.errors)\(finished.output)")
            let report = try Report(reportPath)
            try await report.expectSound(in: scratch)
            #expect(report.count("sessions_succeeded") > 0)
            #expect(report.count("sessions_failed") == 0)
            #expect(report.count("sessions_stateful") >= report.count("sessions_succeeded"))
        }

        @Test func theLoginFlowHoldsAgainstTheDemo() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    try await holds(Example.login(demo, agents: 4, holdSeconds: 8), in: scratch)
                }
            }
        }

        @Test func theFormsHoldAgainstAServerThatChecksTokens() async throws {
            try await Scratch.with { scratch in
                guard
                    let programs = try await PythonPackage.programs(
                        of: "forms",
                        requirement: "flask-wtf==1.2.*",
                        in: scratch
                    )
                else { try Test.cancel("the Python package index is out of reach") }
                try await PythonServer.with("forms.py", answering: "/login", programs: programs, in: scratch) {
                    server in
                    let example = try Example.forms(server, agents: 3, holdSeconds: 8)
                    try await holds(example, in: scratch)
                    // The server does check: with another token in its place, no session gets in.
                    let forged = example.split(separator: "{{form_token}}", omittingEmptySubsequences: false)
                        .joined(separator: "forged")
                    let (_, reportPath) = try await Ape.validate(scenario: forged, in: scratch)
                    let report = try Report(reportPath)
                    #expect(report.count("sessions_succeeded") == 0)
                    #expect(report.count("sessions_failed") > 0)
                }
            }
        }

        @Test func theGraphQLShopTakesOrders() async throws {
            try await Scratch.with { scratch in
                guard
                    let programs = try await PythonPackage.programs(
                        of: "graphql",
                        requirement: "ariadne==0.26.*",
                        in: scratch
                    )
                else { try Test.cancel("the Python package index is out of reach") }
                try await PythonServer.with("graphql_shop.py", answering: "/", programs: programs, in: scratch) {
                    server in
                    try await holds(Example.graphql(server, agents: 3, holdSeconds: 8), in: scratch)
                }
            }
        }
    }
}
