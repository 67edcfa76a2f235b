import ApeCore
import Foundation
import Testing

extension IntegrationTests.Measured {
    /// Each user is a client of their own, as the other side sees it (`clients.py`).
    @Suite(.timeLimit(.minutes(5)))
    struct OwnClient {
        /// Runs a scenario against the server, and returns what the server saw and what the report says.
        private static func run(
            _ scenario: (_ port: Int) -> String,
            in scratch: Scratch,
            namespace: String? = nil
        ) async throws -> (seen: JSONValue, report: Report) {
            let port = try FreePort.pick()
            var server = Reference.python("clients.py", ["\(port)"])
            server.namespace = namespace
            return try await ProcessHarness.with(server, in: scratch) { program in
                try await program.line(containing: "ready")
                let (_, reportPath) = try await Ape.validate(
                    scenario: scenario(port),
                    namespace: namespace,
                    in: scratch
                )
                let seen = try await Fetch.json("http://127.0.0.1:\(port)/stats", from: namespace, in: scratch)
                return (seen, try Report(reportPath))
            }
        }

        private static func plan(_ agents: Int) -> String {
            """
            pacing: {think: 100ms, between_sessions: 100ms}
            kpi_targets: {mtba_threshold: 60, mtba_high_load: 60}
            plan: [{name: s, agents: \(agents), ramp: 1s, warmup: 0s, hold: 4s}]
            """
        }

        private static func connections(_ report: Report, _ peer: String) -> JSONValue? {
            report.validation["connections"]?.array?.first { $0["peer"]?.string == peer }
        }

        @Test(
            .enabled(if: NetworkNamespaces.isPossible, "this process may not make network namespaces"),
            arguments: [("agent", 12, 12), ("session", 12, nil)] as [(String, Int, Int?)]
        )
        func agentsSpreadOverAllAddressesOfAName(connections: String, agents: Int, opened: Int?) async throws {
            try await Scratch.with { scratch in
                try await NetworkNamespaces.with(["host"], in: scratch) { hosts in
                    let lines = (1...3).map { "127.0.0.\($0) shop.test" }
                    try await hosts.naming([:], lines) {
                        let (seen, report) = try await Self.run(
                            {
                                """
                                targets: {app: "http://shop.test:\($0)"}
                                goals: {g: {script: [GET /a, GET /b], success: [{answer: GET /b, status: 200}]}}
                                connections: \(connections)
                                \(Self.plan(agents))
                                """
                            },
                            in: scratch,
                            namespace: hosts.namespace("host")
                        )
                        let counts = (seen["addresses"]?.object ?? [:]).compactMap { $0.value.integer }
                        let total = try #require(seen["app_connections"]?.integer)
                        #expect(counts.count == 3 && counts.reduce(0, +) == total)
                        if let opened { #expect(counts == [4, 4, 4] && total == opened) }
                        // Each session opens one of its own.
                        if opened == nil { #expect(total >= report.count("sessions_started")) }
                        let row = Self.connections(report, "app")
                        #expect(row?["opened"]?.integer == total && row?["failed"]?.integer == 0)
                        #expect(row?["connect"]?["count"]?.integer == total)
                        #expect(seen["agents"]?.array == [.string(ApeVersion.userAgent)])
                    }
                }
            }
        }

        @Test func targetsAndModelShareNothing() async throws {
            try await Scratch.with { scratch in
                let (seen, report) = try await Self.run(
                    {
                        """
                        targets: {app: {url: "http://127.0.0.1:\($0)", endpoints: ["GET /plain/{part}: Read it."]}}
                        inference: {url: "http://127.0.0.1:\($0 + 1)/v1", model: m}
                        goals:
                          g: {prompt: Read it twice., success: [{answer: GET /plain/2, status: 200}]}
                          h: {script: [GET /a, GET /b], success: [{answer: GET /b, status: 200}]}
                        \(Self.plan(4))
                        """
                    },
                    in: scratch
                )
                #expect(report.count("sessions_failed") == 0 && report.count("sessions_succeeded") > 0)
                #expect(seen["app_cookies"]?.array == ["app=1"])
                #expect(seen["model_cookies"]?.array == ["sticky=node-3"])
                // The model's cookie makes no session of a target without state a stateful one.
                let stateless = report.count("goal_sessions_succeeded{goal=g}")
                #expect(stateless > 0 && report.count("goal_sessions_successful_stateful{goal=g}") == 0)
                #expect(seen["app_connections"]?.integer == Self.connections(report, "app")?["opened"]?.integer)
                #expect(seen["model_connections"]?.integer == Self.connections(report, "(model)")?["opened"]?.integer)
                #expect(seen["app_connections"]?.integer == 4)
            }
        }

        @Test func anOrderGoesOutOnce() async throws {
            try await Scratch.with { scratch in
                let (seen, report) = try await Self.run(
                    {
                        """
                        targets: {app: "http://127.0.0.1:\($0)"}
                        goals: {g: {script: [POST /order: {expect: 201}, POST /order: {expect: 201}]}}
                        \(Self.plan(3))
                        """
                    },
                    in: scratch
                )
                let orders = try #require(seen["orders"]?.integer)
                #expect(orders > 0 && orders == report.count("target_requests"))
                #expect(report.count("sessions_failed{reason=target_closed}") > 0)
                #expect(Self.connections(report, "app")?["repeated_requests"]?.integer == 0)
            }
        }

        @Test func eventsOfAStreamHaveTheirTimes() async throws {
            try await Scratch.with { scratch in
                let (seen, report) = try await Self.run(
                    {
                        """
                        targets: {app: {url: "http://127.0.0.1:\($0)", endpoints: [GET /stream]}}
                        goals: {g: {script: [GET /stream, GET /stream], success: [{answer: GET /stream, status: 200}]}}
                        kpi_targets: {successful_stateful_sessions: 0, mtba_threshold: 60, mtba_high_load: 60}
                        pacing: {think: 100ms}
                        plan: [{name: s, agents: 3, ramp: 0s, warmup: 0s, hold: 4s}]
                        """
                    },
                    in: scratch
                )
                let row = try #require(report.validation["streams"]?[0])
                let (answers, events) = (row["answers"]?.integer ?? 0, row["events"]?.integer ?? 0)
                #expect(row["route"]?.string == "GET /stream" && answers > 0 && events == 3 * answers)
                #expect(row["event_gap"]?["count"]?.integer == 2 * answers)
                let gap = row["event_gap"]?["mean_seconds"]?.number ?? 0
                let (first, whole) = (row["first_event"]?["mean_seconds"]?.number ?? 9, report.validation["routes"]?[0])
                #expect(gap >= 0.019 && first < whole?["mean_seconds"]?.number ?? 0)
                // The server counts an event before its answer is whole; the last ones may be beyond the hold.
                #expect((seen["events"]?.integer ?? 0) >= events)
            }
        }
    }
}
