import ApeCore
import Testing

extension IntegrationTests.Measured {
    /// Conditions of the user's own, over a fleet of real processes.
    @Suite(.timeLimit(.minutes(3)))
    struct Thresholds {
        /// Of every kind, three of which fail.
        private static let conditions = [
            "p95(target{route=GET /api/products}) < 5s", "mean(gap) < 60s", "max(target) < 20s",
            "min(target{outcome=all}) > 1us", "p50(session{outcome=successful}) < 60s",
            "count(sessions_succeeded{goal=look}) > 3", "rate(actions) > 0.1/s",
            "share(sessions_failed{goal=lost}) < 50%", "count(actions{status=4xx}) < 1",
            "rate(route_errors{route=GET /nowhere, status=404}) < 0.2/s in every 4s after 1s",
        ]

        private static func scenario(_ demo: Demo, holdSeconds: Int, thresholds: [String]) -> String {
            """
            targets: {shop: "\(demo.shop)"}
            goals:
              look: {script: [GET /api/products]}
              lost: {script: [GET /nowhere]}
            pacing: {think: 50ms, between_sessions: 50ms}
            limits: {backoff: 50ms}
            thresholds:
            \(thresholds.map { "  - \($0)\n" }.joined())
            """ + Example.plan(agents: 10, holdSeconds: holdSeconds)
        }

        /// Without the places at which lines were broken.
        private static func words(_ output: String) -> String {
            output.split { $0.isWhitespace }.joined(separator: " ")
        }

        @Test func terminalReportsAndExitCodeAgree() async throws {
            try await Scratch.with { scratch in
                let junit = scratch.file("junit.xml")
                let (finished, path) = try await Demo.with(in: scratch) { demo in
                    try await Ape.validate(
                        scenario: Self.scenario(demo, holdSeconds: 10, thresholds: Array(Self.conditions.dropLast())),
                        flags: ["--junit", junit, "--threshold", Self.conditions[9]],
                        in: scratch
                    )
                }
                #expect(finished.exitCode == 1, "\(finished.errors)")
                let report = try Report(path)
                try await report.expectSound(in: scratch)
                let found = try #require(report.validation["thresholds"]?.array)
                let failed = Set(Self.conditions[7...])
                #expect(found.compactMap { $0["threshold"]?.string } == Self.conditions)
                for verdict in found {
                    let text = try #require(verdict["threshold"]?.string)
                    #expect(verdict["status"]?.string == (failed.contains(text) ? "FAIL" : "PASS"), "\(verdict)")
                    let line = finished.output.split(separator: "\n").first { $0.hasPrefix(text.prefix(40)) }
                    #expect(line?.contains(failed.contains(text) ? "FAIL" : "PASS") == true, "\(finished.output)")
                }
                #expect(Self.words(finished.output).contains("10 thresholds: 7 passed, 3 failed"))
                let cases = try #require(textOfFile(junit)).split(separator: "<testcase ").filter {
                    $0.contains("classname=\"ape.thresholds\"")
                }
                #expect(cases.count == 10 && cases.count { $0.contains("<failure ") } == 3)
            }
        }

        @Test func oneThatAbortsEndsTheRun() async throws {
            try await Scratch.with { scratch in
                let aborting = "{when: rate(actions{status=4xx}) < 0.1/s, window: 4s, after: 2s, abort: true}"
                let (finished, path) = try await Demo.with(in: scratch) { demo in
                    try await Ape.validate(
                        scenario: Self.scenario(demo, holdSeconds: 90, thresholds: [aborting, "mean(gap) < 60s"]),
                        in: scratch
                    )
                }
                #expect(finished.exitCode == 1, "\(finished.errors)")
                let report = try Report(path)
                try await report.expectSound(in: scratch)
                #expect(report.validation["run"]?["outcome"]?.string == "aborted")
                #expect(report.validation["thresholds"]?[0]?["ended_run"]?.bool == true)
                #expect(report.validation["thresholds"]?[1]?["status"]?.string == "INCONCLUSIVE")
                // The window is over 6 s into the hold; it is told within three more.
                let held = try #require(report.validation["stages"]?[0]?["hold_seconds"]?.integer)
                #expect((6...9).contains(held))
                #expect(Self.words(finished.output).contains("failed, so the run ended before its plan did"))
            }
        }

        @Test func aMistakeIsToldBeforeTheRun() async throws {
            try await Scratch.with { scratch in
                let scenario = Example.look(at: "http://127.0.0.1:9")
                let (inFile, _) = try await Ape.validate(
                    scenario: scenario + "thresholds:\n  - p95(target{goal=look}) < 1s\n",
                    in: scratch
                )
                #expect(inFile.exitCode == 2 && inFile.errors.contains("scenario.yml:"), "\(inFile.errors)")
                #expect(inFile.errors.contains("thresholds[0]: column 12: target has no label goal"))
                let (asFlag, _) = try await Ape.validate(
                    scenario: scenario,
                    flags: ["--threshold", "p95(tttft) < 1s"],
                    in: scratch
                )
                #expect(asFlag.exitCode == 2, "\(asFlag.errors)")
                #expect(asFlag.errors.contains("no series or counter is called tttft; did you mean `ttft`?"))
            }
        }
    }
}
