import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Measured {
    /// `ape-test validate` against a demo: the verdict is right, and right for the right reason.
    @Suite(.timeLimit(.minutes(3)))
    struct Validate {
        @Test func passesOnAHealthyTargetAndCountsWhatTheTargetCounted() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let (finished, reportPath) = try await Ape.validate(
                        scenario: try Example.shop(demo, agents: 20, holdSeconds: 6),
                        in: scratch
                    )
                    #expect(finished.exitCode == 0, "\(finished.errors)")
                    let report = try Report(reportPath)
                    try await report.expectSound(in: scratch)
                    #expect(report.overallSuccess == true)
                    #expect(report.status(.maxConcurrentAgents) == "NOT_EXERCISED")
                    #expect(report.missing.isEmpty)
                    let counted = try await demo.shopStats(in: scratch)["total"]?.integer
                    #expect(counted == report.count("target_requests"))
                    #expect(report.count("sessions_succeeded") > 0)
                }
            }
        }

        @Test func aSlowModelFailsItsTarget() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(["--ttft", "3s"], in: scratch) { demo in
                    let (finished, reportPath) = try await Ape.validate(
                        scenario: try Example.shop(demo, agents: 10, holdSeconds: 20),
                        in: scratch
                    )
                    #expect(finished.exitCode == 1, "\(finished.errors)")
                    let report = try Report(reportPath)
                    try await report.expectSound(in: scratch)
                    #expect(report.overallSuccess == false)
                    #expect(report.status(.cognitiveLatencyTTFT) == "FAIL")
                }
            }
        }

        @Test func aFaultyTargetFailsTheSessions() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(["--error-rate", "0.6"], in: scratch) { demo in
                    let (finished, reportPath) = try await Ape.validate(
                        scenario: try Example.shop(demo, agents: 10, holdSeconds: 6),
                        in: scratch
                    )
                    #expect(finished.exitCode == 1, "\(finished.errors)")
                    let report = try Report(reportPath)
                    try await report.expectSound(in: scratch)
                    #expect(report.status(.successfulStatefulSessions) == "FAIL")
                    #expect(report.count("actions{status=5xx}") > 0)
                }
            }
        }

        @Test func workersShareTheBudgetOfTheEndpoint() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let model = "  model: demo\n"
                    let scenario = try Example.shop(demo, agents: 40, holdSeconds: 8)
                        .replacing(model, with: model + "  requests_per_minute: 600\n")
                    let (finished, reportPath) = try await Ape.validate(scenario: scenario, in: scratch)
                    #expect([0, 1].contains(finished.exitCode), "\(finished.errors)")
                    // Ten a second for at least the hold; two workers may each save up a second's worth. Without the
                    // budget there would be many hundreds.
                    let report = try Report(reportPath)
                    #expect((80...250).contains(report.count("decisions")), "\(report.count("decisions"))")
                }
            }
        }

        @Test func anUnreachableTargetIsSaidPlainly() async throws {
            try await Scratch.with { scratch in
                let nowhere = "http://127.0.0.1:\(try FreePort.pick())"
                let (finished, _) = try await Ape.validate(
                    scenario: Example.look(at: nowhere),
                    in: scratch
                )
                #expect(finished.exitCode == 4)
                #expect(finished.errors.contains(nowhere), "\(finished.errors)")
            }
        }

        @Test func anInterruptLeavesAReportAndNoProcess() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let scenario = try scratch.write(
                        "scenario.yml",
                        try Example.shop(demo, agents: 10, holdSeconds: 60)
                    )
                    let reportPath = scratch.file("report.json")
                    let invocation = try Invocation.ape(
                        "ape-test",
                        [
                            "validate", "--scenario", scenario, "--output", reportPath, "--results",
                            scratch.file("results"),
                        ]
                    )
                    let (session, finished) = try await ProcessHarness.supervise(invocation, in: scratch) { program in
                        _ = try await program.wait(for: "sessions that get through", limit: .seconds(40)) {
                            let orders = try await demo.shopStats(in: scratch)["routes"]?["POST /api/checkout"]
                            return orders == nil ? nil : true
                        }
                        try program.interruptGroup()
                        return program.pid
                    }
                    #expect(finished.exitCode == 130, "\(finished.errors)")
                    #expect(LiveProcesses.ofSession(session) == [])
                    let report = try Report(reportPath)
                    try await report.expectSound(in: scratch)
                    #expect(report.count("actions") > 0)
                }
            }
        }

        @Test func aParentKilledOutrightLeavesNoLoad() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let scenario = try scratch.write(
                        "scenario.yml",
                        try Example.shop(demo, agents: 5, holdSeconds: 60)
                    )
                    let invocation = try Invocation.ape(
                        "ape-test",
                        ["validate", "--scenario", scenario, "--results", scratch.file("results")]
                    )
                    let (session, _) = try await ProcessHarness.supervise(invocation, in: scratch) { program in
                        _ = try await program.wait(for: "requests at the shop", limit: .seconds(40)) {
                            let total = try await demo.shopStats(in: scratch)["total"]?.integer ?? 0
                            return total > 0 ? true : nil
                        }
                        try program.send(.kill)
                        return program.pid
                    }
                    try await Wait.until("every child's end") {
                        LiveProcesses.ofSession(session).isEmpty ? true : nil
                    }
                }
            }
        }
    }
}
