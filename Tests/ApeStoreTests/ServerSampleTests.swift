import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import Testing

@testable import ApeStore

enum ServerFixture {
    /// What a server showed a second of the plan's first hold, or why nothing.
    static func sample(
        _ server: String,
        second: Int64,
        _ gauges: [String: Double] = [:],
        failure: String? = nil
    ) -> ServerSample {
        var sample = ServerSample(
            server: server,
            at: FleetTime(micros: StoreFixture.start + second * 1_000_000 + 100_000),
            everyMicros: 1_000_000,
            party: .inference
        )
        sample.figures = gauges.sorted { $0.key < $1.key }.map { ServerFigure($0.key, .gauge, $0.value) }
        sample.failure = failure
        return sample
    }
}

/// What servers showed is kept with the run, in its order.
@Suite struct ServerSampleTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
    }

    private static var samples: [ServerSample] {
        var full = ServerFixture.sample("vllm", second: 2, ["b": -1.5, "a": 1e12])
        full.figures.append(ServerFigure("t_total", .rate, 0.125))
        full.figures.append(ServerFigure("h_seconds", .mean, 3e-9))
        full.absent = ["nothing{a=\"b\"}"]
        full.hasRestarted = true
        let silent = ServerFixture.sample("node", second: 3, failure: "connection refused")
        return [full, silent] + (4..<450).map { ServerFixture.sample("vllm", second: $0, ["a": Double($0)]) }
    }

    @Test func areReadAsTheyWereWritten() async throws {
        let store = try RunStore(path: fixture.path)
        try await store.createRun(StoreFixture.run())
        try await store.createRun(StoreFixture.run("run-2"))
        _ = try await store.commit(CommitBatch(), servers: Self.samples, run: "run-1")
        _ = try await store.commit(CommitBatch(), servers: [Self.samples[1]], run: "run-2")
        var read: [ServerSample] = []
        for try await sample in store.servers(ofRun: "run-1") { read.append(sample) }
        #expect(read == Self.samples)
    }

    @Test(arguments: [
        "[]", "{}", #"{"server": "a"}"#, #"{"at_us": 1, "server": "a", "every_us": 0, "party": "target"}"#,
        #"{"at_us": 1, "server": "a", "every_us": 1, "party": "harness"}"#,
        #"{"at_us": 1, "server": "a", "every_us": 1, "party": "target", "figures": [["a", "gauge"]]}"#,
        #"{"at_us": 1, "server": "a", "every_us": 1, "party": "target", "figures": [["a", "sum", 1]]}"#,
        #"{"at_us": -9e18, "server": "a", "every_us": 1, "party": "target"}"#,
    ])
    func whatIsNoneIsTold(text: String) throws {
        #expect(ServerSample(stored: try JSONValue(parsing: text)) == nil)
    }
}
