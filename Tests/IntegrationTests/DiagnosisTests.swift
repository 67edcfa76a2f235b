import ApeCore
import Foundation
import Subprocess
import Testing

extension IntegrationTests.Measured {
    /// A demo with one trouble each: the report names it, and whose it is.
    @Suite(.timeLimit(.minutes(4)))
    struct Diagnosis {
        @Test func aSlowModelIsNamedInferenceWithItsShareOfTheGap() async throws {
            let report = try await self.report(on: ["--ttft", "2500ms"], agents: 12, holdSeconds: 20)
            let found = try #require(report.recommendations.first)
            #expect(found["id"]?.string == "inference-first-token")
            #expect(found["category"]?.string == "Inference" && found["caused_by"]?.string == "inference")
            #expect(found["priority"]?.string == "high")
            let parts = report.root["gap_parts"]?["decision"]?["first_token"]
            let share = try #require(parts?["share"]?.number)
            // Of a gap with 2.5 s to the first token, some 0.3 s of thinking and little else.
            #expect((0.8...0.95).contains(share), "\(share)")
            #expect(found["description"]?.string?.contains("\(Int((100 * share).rounded())) % of the mean gap") == true)
        }

        @Test func aSlowRouteIsNamed() async throws {
            let slow = "GET /api/products/{id}"
            let report = try await self.report(on: ["--slow-route", "\(slow)=1500ms"], agents: 120, holdSeconds: 12)
            let found = try #require(report.recommendations.first { $0["caused_by"]?.string == "target" })
            #expect(found["id"]?.string == "target-slow \(slow)" && found["category"]?.string == "Performance")
            let mean = try #require(found["evidence"]?[0]?["value"]?.number)
            // The mean of some 300 answers, each a quarter away from it: 0.02 s of standard error.
            #expect((1.4...1.8).contains(mean), "\(mean)")
            #expect(report.recommendations.filter { $0["caused_by"]?.string == "target" }.count == 1)
        }

        @Test func aRouteThatFailsIsTheTargetsWithItsRate() async throws {
            let route = "POST /api/checkout"
            try await Scratch.with { scratch in
                try await Demo.with(["--error-route", "\(route)=0.2"], in: scratch) { demo in
                    let report = try await Self.report(Self.prompted(demo, agents: 80, holdSeconds: 15), in: scratch)
                    let found = try #require(report.recommendation("target-errors \(route)"))
                    #expect(found["caused_by"]?.string == "target" && found["category"]?.string == "Session Success")
                    let rate = try #require(found["evidence"]?[0]?["value"]?.number)
                    // Of some 160 requests: 0.03 of standard error.
                    #expect((0.1...0.32).contains(rate), "\(rate)")
                    // Over the whole run the shop itself counted the same.
                    let counted = try await demo.shopStats(in: scratch)["routes"]?[route]
                    let counters = report.root["counters"]?["whole_run"]
                    #expect(counters?["route_errors{route=\(route) 503 target}"] == counted?["statuses"]?["503"])
                    #expect(counters?["route_requests{route=\(route)}"] == counted?["total"])
                    #expect(!report.recommendations.contains { $0["caused_by"]?.string == "simulation" })
                }
            }
        }

        @Test func aModelThatErrsIsNamedSimulation() async throws {
            let report = try await self.report(on: ["--mistakes", "0.2"], agents: 15, holdSeconds: 12)
            let found = try #require(report.recommendation("simulation-mistakes"))
            #expect(found["caused_by"]?.string == "simulation")
            let rate = try #require(found["evidence"]?[0]?["value"]?.number)
            #expect((0.1...0.3).contains(rate), "\(rate)")
            #expect(!report.recommendations.contains { $0["id"]?.string?.hasPrefix("target-errors") == true })
        }

        @Test func aChokedWorkerIsNoFailureOfTheTarget() async throws {
            try await Scratch.with { scratch in
                // The worker's own delay is a fifth of such a model's first token.
                try await Demo.with(["--ttft", "300ms"], in: scratch) { demo in
                    let scenario = try Example.shop(demo, agents: 10, holdSeconds: 12)
                    let (_, finished) = try await LocalCoordinator.run(scenario: scenario, workers: 1, in: scratch) {
                        coordinator in
                        let worker = try coordinator.worker("choked")
                        _ = try await ProcessHarness.supervise(worker, in: scratch) { program in
                            // Held up a fifth of a second three times in each: its event loop is late by that.
                            while !LiveProcesses.isGone(coordinator.program.pid) {
                                if LiveProcesses.isGone(program.pid) { break }
                                try program.send(.suspend)
                                try await Task.sleep(for: .milliseconds(200))
                                try program.send(.resume)
                                try await Task.sleep(for: .milliseconds(130))
                            }
                        }
                    }
                    #expect(finished.exitCode == 3, "\(finished.output)\(finished.errors)")
                    let report = try Report(scratch.file("report.json"))
                    try await report.expectSound(in: scratch)
                    #expect(report.status(.cognitiveLatencyTTFT) == "INCONCLUSIVE")
                    #expect(report.recommendations.first?["id"]?.string == "resources-workers")
                    // The host's own CPU may be named too; the target and the model may not.
                    let categories = report.recommendations.map { $0["category"]?.string }
                    #expect(categories.allSatisfy { $0 == "Resource Efficiency" }, "\(categories)")
                }
            }
        }

        private func report(on flags: [String], agents: Int, holdSeconds: Int) async throws -> Report {
            try await Scratch.with { scratch in
                try await Demo.with(flags, in: scratch) { demo in
                    try await Self.report(Self.prompted(demo, agents: agents, holdSeconds: holdSeconds), in: scratch)
                }
            }
        }

        /// The report of a run, which its own checker finds nothing wrong with.
        static func report(_ scenario: String, in scratch: Scratch) async throws -> Report {
            let (finished, path) = try await Ape.validate(scenario: scenario, in: scratch)
            #expect([0, 1].contains(finished.exitCode), "\(finished.output)\(finished.errors)")
            let report = try Report(path)
            try await report.expectSound(in: scratch)
            return report
        }

        /// The example without its scripted goal, which asks no model.
        static func prompted(_ demo: Demo, agents: Int, holdSeconds: Int) throws -> String {
            let text = try Example.shop(demo, agents: agents, holdSeconds: holdSeconds)
            guard let from = text.range(of: "\n  baseline:\n"), let to = text.range(of: "\npacing:") else {
                throw HarnessError("the example has no goal baseline before its pacing")
            }
            return text.replacingCharacters(in: from.lowerBound..<to.lowerBound, with: "\n")
        }
    }
}

extension Report {
    /// What the comprehensive report, or the optimisation report alone, recommends.
    var recommendations: [JSONValue] {
        (root["optimization"] ?? root)["optimization_recommendations"]?.array ?? []
    }

    func recommendation(_ id: String) -> JSONValue? { recommendations.first { $0["id"]?.string == id } }
}
