import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// Workers that come, go and vanish while a run goes on, and a user who has seen enough.
    @Suite(.timeLimit(.minutes(3)))
    struct ElasticFleet {
        @Test func aLateWorkerIsGivenAgentsAndALeavingOneLosesNothing() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let ((), coordinator) = try await LocalCoordinator.run(
                        scenario: Example.shop(demo, agents: 12, holdSeconds: 16),
                        workers: 2,
                        in: scratch
                    ) { coordinator in
                        try await ProcessHarness.with(coordinator.worker("steady"), in: scratch) { _ in
                            let leaver = try coordinator.worker("leaver")
                            let (_, left) = try await ProcessHarness.supervise(leaver, in: scratch) { leaver in
                                try await coordinator.untilSessionsGetThrough(in: scratch)
                                try await ProcessHarness.with(coordinator.worker("late"), in: scratch) { _ in
                                    try await coordinator.program.line(containing: "(rebalanced) to late")
                                    try await Task.sleep(for: .seconds(3))
                                    try leaver.send(.terminate)
                                    try await coordinator.untilVerdict()
                                }
                            }
                            #expect(left.exitCode == 0, "\(left.errors)")
                            checkLog(left.errors)
                        }
                    }
                    #expect([0, 3].contains(coordinator.exitCode), "\(coordinator.errors)")
                    let report = try Report(scratch.file("report.json"))
                    try await report.expectSound(in: scratch)
                    try checkMoves(report)
                    let counted = try await demo.shopStats(in: scratch)["total"]?.integer
                    #expect(counted == report.count("target_requests"))
                }
            }
        }

        /// At the default level a worker's log tells its life from joining to leaving, in this order and to the end.
        private func checkLog(_ log: String) {
            let words = [
                "name=leaver", "This worker has joined", "agents=6 of=12 stage=1", "This worker is given agents",
                "agents=4 of=12 stage=1", "This worker leaves the fleet", "agents=4", "No agent runs any more",
                "The run is over for this worker",
            ]
            var rest = log[...]
            for word in words {
                let place = rest.firstRange(of: word)
                #expect(place != nil, "\(word) is not in its place in \(log)")
                rest = rest[(place?.upperBound ?? rest.startIndex)...]
            }
            #expect(!rest.contains("cannot be reached"), "\(log)")
        }

        /// Twelve agents: six and six, then four each, then six and six again.
        private func checkMoves(_ report: Report) throws {
            #expect(report.missing.isEmpty)
            let peaks = report.workers.mapValues { $0["peak_agents"]?.integer }
            #expect(peaks == ["steady": 6, "leaver": 6, "late": 6])
            let moves = report.reassignments
            let joined = moves.filter { $0["reason"]?.string == "rebalanced" }
            #expect(Set(joined.compactMap { $0["from"]?.string }) == ["steady", "leaver"])
            #expect(joined.allSatisfy { $0["agents"]?.integer == 2 && $0["to"]?[0]?["worker"]?.string == "late" })
            let left = moves.filter { $0["reason"]?.string == "left" }
            #expect(left.allSatisfy { $0["from"]?.string == "leaver" })
            #expect(left.reduce(0) { $0 + ($1["agents"]?.integer ?? 0) } == 4)
            // At once: nobody waited for a lease of 10 s to run out.
            #expect(moves.allSatisfy { ($0["stood_still_seconds"]?.number ?? .infinity) < 10 })
            #expect(joined.count + left.count == moves.count)
            #expect((report.books["late"]?["windows"]?["received"]?.integer ?? 0) > 5)
        }

        @Test func aRunThatLosesAllItsWorkersSaysSoAndReportsWhatThereWas() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let ((), coordinator) = try await LocalCoordinator.run(
                        scenario: Example.shop(demo, agents: 10, holdSeconds: 600),
                        workers: 2,
                        in: scratch
                    ) { coordinator in
                        try await ProcessHarness.with(coordinator.worker("one"), in: scratch) { one in
                            try await ProcessHarness.with(coordinator.worker("two"), in: scratch) { two in
                                try await coordinator.untilSessionsGetThrough(in: scratch)
                                for worker in [one, two] { try worker.send(.kill) }
                                try await coordinator.untilVerdict()
                            }
                        }
                    }
                    #expect(coordinator.exitCode == 4, "\(coordinator.errors)")
                    #expect(coordinator.errors.contains("error: No worker has been connected for 30 s"))
                    for name in ["one", "two"] {
                        let lost = coordinator.errors.split(separator: "\n").filter { $0.hasSuffix("A worker is lost") }
                        #expect(lost.contains { $0.contains("name=\(name) ") }, "\(coordinator.errors)")
                    }
                    let report = try Report(scratch.file("report.json"))
                    try await report.expectSound(in: scratch)
                    #expect(report.validation["verdict"]?["exit_code"]?.integer == 4)
                    #expect(report.count("sessions_succeeded") > 0)
                    let missing = Set(report.missing.compactMap { $0["worker"]?.string })
                    #expect(missing.isSuperset(of: ["one", "two"]))
                    let stranded = report.reassignments.filter { $0["to"]?.array?.isEmpty == true }
                    #expect(stranded.reduce(0) { $0 + ($1["agents"]?.integer ?? 0) } == 10)
                }
            }
        }

        @Test func anInterruptedCoordinatorStopsItsWorkersAndReports() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let (worker, coordinator) = try await LocalCoordinator.run(
                        scenario: Example.shop(demo, agents: 10, holdSeconds: 600),
                        workers: 1,
                        in: scratch
                    ) { coordinator in
                        try await ProcessHarness.supervise(coordinator.worker("one"), in: scratch) { worker in
                            try await coordinator.untilSessionsGetThrough(in: scratch)
                            try coordinator.program.send(.interrupt)
                            // A lease is 10 s.
                            try await Wait.until("the worker's end", limit: .seconds(10)) {
                                LiveProcesses.isGone(worker.pid) ? true : nil
                            }
                        }.finished
                    }
                    #expect(worker.exitCode == 0, "\(worker.errors)")
                    #expect(coordinator.exitCode == 130, "\(coordinator.errors)")
                    let report = try Report(scratch.file("report.json"))
                    try await report.expectSound(in: scratch)
                    #expect(report.missing.isEmpty)
                    let counted = try await demo.shopStats(in: scratch)["total"]?.integer
                    #expect(counted == report.count("target_requests"))
                }
            }
        }
    }
}
