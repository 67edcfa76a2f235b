import ApeCore
import Testing

extension IntegrationTests.Operated {
    /// Applications that are not ours, each driven to a verdict by its scenario of `docs/examples`: what APE counts is
    /// what they have logged.
    @Suite(.timeLimit(.minutes(5)))
    struct Applications {
        /// Runs a scenario and expects every session to succeed, each of them stateful.
        private func holds(_ scenario: String, in scratch: Scratch) async throws -> Report {
            let (finished, reportPath) = try await Ape.validate(scenario: scenario, in: scratch)
            #expect([0, 3].contains(finished.exitCode), "\(finished.errors)\(finished.output)")
            let report = try Report(reportPath)
            try await report.expectSound(in: scratch)
            #expect(report.status(.successfulStatefulSessions) == "PASS")
            #expect(report.count("sessions_succeeded") > 0)
            #expect(report.count("sessions_failed") == 0)
            return report
        }

        @Test func djangosAdministrationIsKeptByItsUsers() async throws {
            try await Scratch.with { scratch in
                guard
                    let programs = try await PythonPackage.programs(
                        of: "django",
                        requirement: "django==5.2.*",
                        in: scratch
                    )
                else { try Test.cancel("the Python package index is out of reach") }
                try await Django.with(programs: programs, in: scratch) { django in
                    let example = try Example.django(django, agents: 3, holdSeconds: 15)
                    let before = django.loggedRequests()
                    let report = try await holds(example, in: scratch)
                    #expect(report.count("target_requests") == Int64(django.loggedRequests() - before))
                    #expect(report.count("connections_opened") == 3)
                    // Django does check: with another token in its place, no session gets in.
                    let forged = example.split(separator: "{{csrf}}", omittingEmptySubsequences: false)
                        .joined(separator: "forged")
                    let (_, reportPath) = try await Ape.validate(scenario: forged, in: scratch)
                    let refused = try Report(reportPath)
                    #expect(refused.count("sessions_succeeded") == 0)
                    #expect(refused.count("sessions_failed") > 0)
                }
            }
        }

        @Test func gns3GivesTokensAndDrawsNetworks() async throws {
            try await Scratch.with { scratch in
                guard
                    let programs = try await PythonPackage.programs(
                        of: "gns3",
                        requirement: "gns3-server==3.0.*",
                        in: scratch
                    )
                else { try Test.cancel("the Python package index is out of reach") }
                try await GNS3.with(programs: programs, in: scratch) { gns3 in
                    let example = try Example.gns3(gns3, agents: 3, holdSeconds: 10)
                    let path = try scratch.write("scenario.yml", example)
                    let checked = try await ProcessHarness.run(.ape("ape-test", ["check", path]), in: scratch)
                    #expect(checked.exitCode == 0, "\(checked.errors)")
                    let operations = try countOfOperations(in: scratch)
                    #expect(checked.output.contains(" \(operations) endpoints"), "\(checked.output)")
                    let report = try await holds(example, in: scratch)
                    #expect(report.count("verifications") == Int64(gns3.loggedMisses()))
                    #expect(report.count("connections_opened") == 3)
                }
            }
        }

        @Test(.enabled(if: Nchan.isInstalled, "nginx or its module nchan is not installed"))
        func nchansChannelsAreFollowed() async throws {
            try await Scratch.with { scratch in
                try await Nchan.with(in: scratch) { nchan in
                    let report = try await holds(Example.nchan(nchan, agents: 3, holdSeconds: 8), in: scratch)
                    let streams = Int64(nchan.loggedRequests("GET /events/"))
                    #expect(report.count("target_requests") == Int64(nchan.loggedRequests("")))
                    // Each time of listening brings one message: the first, or the one after it.
                    #expect(streams > 0)
                    #expect(report.count("route_events") == streams)
                    // A stream that is left takes its connection along, the others keep theirs.
                    #expect(report.count("connections_opened") <= streams + 3)
                }
            }
        }

        /// How many operations `openapi.json` has.
        private func countOfOperations(in scratch: Scratch) throws -> Int {
            let document = try JSONValue(parsing: textOfFile(scratch.file("openapi.json")) ?? "")
            return (document["paths"]?.object ?? [:]).reduce(0) { $0 + ($1.value.object?.count ?? 0) }
        }
    }
}
