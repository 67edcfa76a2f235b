import ApeCore
import Testing

extension IntegrationTests.Measured {
    /// Demos with injected trouble: the report names what it is, whose it is, and how much of it there is.
    @Suite(.timeLimit(.minutes(5)))
    struct Evidence {
        private let checkout = "POST /api/checkout"

        /// A run against a demo with trouble, and what its report says; other contention than its own may leave a verdict
        /// open.
        private func run(
            _ flags: [String],
            agents: Int,
            holdSeconds: Int,
            _ body: (Report, Demo, Scratch) async throws -> Void
        ) async throws {
            try await Scratch.with { scratch in
                try await Demo.with(flags, in: scratch) { demo in
                    let (finished, reportPath) = try await Ape.validate(
                        // Sessions against what is broken shall end within the hold.
                        scenario: try Example.shop(demo, agents: agents, holdSeconds: holdSeconds)
                            .replacing("    timeout: 120s\n", with: "    timeout: 120s\n    max_steps: 9\n")
                            + "limits: {target_retries: 1}\n",
                        in: scratch
                    )
                    #expect([0, 1, 3].contains(finished.exitCode), "\(finished.errors)")
                    let report = try Report(reportPath)
                    // Among other things: the parts of gaps sum to them exactly, in all, by goal and by route.
                    try await report.expectSound(in: scratch)
                    try await body(report, demo, scratch)
                }
            }
        }

        @Test func aBrokenRouteIsNamedWithItsRate() async throws {
            try await run(["--error-route", "\(checkout)=0.2"], agents: 80, holdSeconds: 12) { report, demo, scratch in
                let failures = try #require(report.validation["failures"]?["by_route"]?.array)
                #expect(failures.count == 1)
                let broken = try #require(failures.first)
                #expect(broken["route"]?.string == checkout && broken["status"]?.string == "503")
                #expect(broken["family"]?.string == "target")
                let rate = try #require(broken["rate"]?.number)
                // Of some 120 requests: 0.04 of standard error.
                #expect((0.08...0.36).contains(rate), "\(rate)")
                // Over the whole run it is what the shop itself has counted, to the request.
                let counted = try #require(try await demo.shopStats(in: scratch)["routes"]?[checkout])
                #expect(counted["total"]?.integer == report.count("route_requests{route=\(checkout)}"))
                #expect(
                    counted["statuses"]?["503"]?.integer == report.count("route_errors{route=\(checkout) 503 target}")
                )
            }
        }

        @Test func aSessionThatFailedIsToldToItsFailingStep() async throws {
            try await run(["--error-route", "\(checkout)=1"], agents: 10, holdSeconds: 12) { report, _, _ in
                let exemplars = try #require(report.validation["exemplar_sessions"]?.array)
                #expect((1...20).contains(exemplars.count))
                let exemplar = try #require(exemplars.first { $0["reason"]?.string == "target_5xx" })
                #expect(exemplar["family"]?.string == "target" && exemplar["agent"]?.integer != nil)
                #expect(exemplar["trace_id"]?.string?.utf8.count == 32)
                #expect(exemplar["failed_check"]?["name"]?.string?.isEmpty == false)
                let steps = try #require(exemplar["steps"]?.array)
                #expect(steps.contains { $0["what"]?.string == checkout && $0["status"]?.integer == 503 })
                let ends = steps.map { ($0["offset_seconds"]?.number ?? -1) + ($0["duration_seconds"]?.number ?? -1) }
                #expect(ends == ends.sorted(), "steps follow one another")
                #expect(try #require(ends.last) <= exemplar["duration_seconds"]?.number ?? 0)
                for goal in report.validation["goals"]?.array ?? [] {
                    #expect(goal["sessions"]?["succeeded"]?.integer == 0)
                }
            }
        }

        @Test func aSlowRouteAndAModelThatErrsAreToldApart() async throws {
            let slow = "GET /api/products"
            let flags = ["--slow-route", "\(slow)=900ms", "--mistakes", "0.6"]
            try await run(flags, agents: 20, holdSeconds: 12) { report, _, _ in
                let routes = try #require(report.validation["routes"]?.array)
                #expect(routes.first?["route"]?.string == slow)
                let part = try #require(routes.first?["gap_parts"]?["target"])
                #expect(try #require(part["mean_seconds"]?.number) > 0.4)
                let shares = routes.map { $0["gap_parts"]?["target"]?["share"]?.number ?? 0 }
                #expect(shares.max() == part["share"]?.number, "no other route's gaps are as much the target's")
                let failures = try #require(report.validation["failures"])
                #expect(failures["sessions"]?["simulation"]?.object?.isEmpty == false)
                #expect(failures["sessions"]?["target"]?.object?.keys.contains("target_5xx") == false)
                #expect(failures["by_route"]?.array?.contains { $0["status"]?.string == "503" } == false)
                let exemplars = try #require(report.validation["exemplar_sessions"]?.array)
                #expect(exemplars.contains { $0["family"]?.string == "simulation" })
            }
        }
    }
}
