import ApeCore
import Testing

extension IntegrationTests.Operated {
    /// Programs of neighbouring versions in one fleet, as while an upgrade goes on.
    @Suite(.timeLimit(.minutes(2)))
    struct NeighbourVersions {
        /// A worker of an earlier version, one of a later, and one of another protocol, for which the coordinator is each
        /// time of that version too.
        @Test func neighboursWorkTogetherAndOthersAreRefusedByName() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let ((), coordinator) = try await LocalCoordinator.run(
                        scenario: Example.shop(demo, agents: 10, holdSeconds: 6),
                        workers: 2,
                        in: scratch
                    ) { coordinator in
                        try await Self.refuse(coordinator, in: scratch)
                        try await Self.relay("older", to: coordinator, in: scratch) { _, older in
                            try await Self.relay("later", to: coordinator, in: scratch) { relay, later in
                                let old = try coordinator.worker("old", at: older)
                                try await ProcessHarness.with(old, in: scratch) { _ in
                                    let new = try coordinator.worker("new", at: later)
                                    try await ProcessHarness.with(new, in: scratch) { _ in
                                        try await coordinator.untilVerdict()
                                    }
                                }
                                // Each was told of a message that it does not know, and went on.
                                #expect(relay.output.contains("This worker does not know forecast"), "\(relay.output)")
                                #expect(relay.output.contains("This coordinator does not know forecast"))
                            }
                        }
                    }
                    #expect([0, 3].contains(coordinator.exitCode), "\(coordinator.errors)")
                    Self.check(coordinator.errors)
                    let report = try Report(scratch.file("report.json"))
                    try await report.expectSound(in: scratch)
                    #expect(report.missing.isEmpty && report.reassignments.isEmpty)
                    let peaks = report.workers.mapValues { $0["peak_agents"]?.integer }
                    #expect(peaks == ["old": 5, "new": 5])
                    let counted = try await demo.shopStats(in: scratch)["total"]?.integer
                    #expect(counted == report.count("target_requests"))
                }
            }
        }

        /// Both are named in the coordinator's log, each with its version.
        private static func check(_ log: String) {
            let told = log.split(separator: "\n").filter {
                $0.hasSuffix("A worker speaks another version of the protocol")
            }
            #expect(told.count == 2, "\(log)")
            for (name, version) in [("old", "1.0"), ("new", "1.9")] {
                let words = ["name=\(name) ", "version=\(version).0", "protocol=APE/\(version) "]
                #expect(told.contains { line in words.allSatisfy { line.contains($0) } }, "\(told)")
            }
        }

        private static func refuse(_ coordinator: LocalCoordinator, in scratch: Scratch) async throws {
            try await relay("other", to: coordinator, in: scratch) { _, other in
                let stranger = try coordinator.worker("stranger", at: other)
                let refused = try await ProcessHarness.run(stranger, in: scratch)
                #expect(refused.exitCode == 4)
                let words = "speaks APE/2.0 and this worker APE/1.4; install the same version on both"
                #expect(refused.errors.contains("error: ape-coordinator "), "\(refused.errors)")
                #expect(refused.errors.contains(words), "\(refused.errors)")
            }
        }

        /// Runs `body` beside a relay, whose address it is given.
        private static func relay(
            _ age: String,
            to coordinator: LocalCoordinator,
            in scratch: Scratch,
            _ body: (RunningProgram, String) async throws -> Void
        ) async throws {
            let port = "\(try FreePort.pick())"
            let words = [port, coordinator.host, coordinator.port, age]
            try await ProcessHarness.with(Reference.python("neighbour.py", words), in: scratch) { relay in
                try await relay.line(containing: "ready")
                try await body(relay, "127.0.0.1:\(port)")
            }
        }
    }
}
