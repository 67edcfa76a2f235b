import ApeCore
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// What both sides log of a fleet that is well, or loses a worker.
struct FleetLogTests {
    @Test func aWorkerTellsWhenItJoinsWhatItIsGivenAndWhenItIsDone() throws {
        var bench = WorkerBench(maxAgents: nil)
        try bench.join()
        bench.assign(revision: 1, agents: 5)
        bench.assign(revision: 2, agents: 5)
        bench.assign(revision: 3, agents: 3)
        bench.end()
        let told = bench.logs.filter { $0.level != .info }
        #expect(
            told.map(\.message) == [
                "This worker has joined", "This worker gets ready for a run", "This worker is given agents",
                "This worker is given agents", "The run ends here: agents finish what they are at",
                "No agent runs any more", "The run is over for this worker",
            ]
        )
        #expect(told.allSatisfy { $0.level == .notice })
        #expect(told[0].metadata == ["worker": "w-1", "name": "w-1"])
        #expect(told[2].metadata == ["agents": "5", "of": "5", "stage": "1"])
        #expect(told[3].metadata["agents"] == "3")
        #expect(told[4].metadata["agents"] == "3")
        #expect((told[6].metadata["windows"].flatMap { Int($0) } ?? 0) > 3)
    }

    @Test func aWorkerThatIsBackSaysSoBehindItsTroubles() throws {
        var bench = WorkerBench(maxAgents: nil)
        try bench.join()
        bench.part()
        try bench.join()
        let told = bench.logs.map(\.message)
        #expect(told.contains("The coordinator cannot be reached"))
        let last = try #require(told.lastIndex(of: "The coordinator cannot be reached"))
        #expect(told[last...].contains("The coordinator is there again"))
        #expect(told.count { $0 == "This worker has joined" } == 1)
    }

    @Test func aWorkerThatLeavesSaysWhy() throws {
        var bench = WorkerBench(maxAgents: nil)
        try bench.join()
        bench.assign(revision: 1, agents: 2)
        bench.leave()
        let told = try #require(bench.logs.first { $0.message == "This worker leaves the fleet" })
        #expect(told.level == .notice && told.metadata == ["reason": "asked"])
        #expect(bench.logs.contains { $0.message == "No agent runs any more" })
    }

    @Test func aCoordinatorNamesTheWorkerThatItLost() throws {
        var bench = try FleetBench.running()
        bench.end(1, reason: "gone")
        bench.wait(seconds: 30)
        let lost = try #require(bench.logs.first { $0.message == "A worker is lost" })
        #expect(lost.level == .error)
        #expect(lost.metadata["name"] == "w-1" && lost.metadata["worker"] == "w-1")
        let away = try #require(bench.logs.first { $0.message == "A worker's connection ended" })
        #expect(away.metadata["name"] == "w-1")
    }
}
