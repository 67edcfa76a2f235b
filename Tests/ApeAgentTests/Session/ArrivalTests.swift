import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer
import Testing
import TransportKit

@testable import ApeAgent

/// Agents where sessions arrive. In the fake world a sleep takes no time but its own, and a request a millisecond.
@Suite struct ArrivalTests {
    private static let start = FleetTime(micros: 1_000_000_000)
    private static let step = ScriptStep(method: "GET", path: "/a")

    private static func schedule(_ perSecond: Double) -> ArrivalSchedule {
        ArrivalSchedule(
            seed: 1,
            StageArrivals(Arrivals(perSecond: perSecond, pattern: .even), beforePerSecond: 0, agents: 1),
            StageTimeline(stage: 0, start: start, ramp: .zero, warmup: .zero, hold: .seconds(100))
        )
    }

    private static func bench(
        perSecond: Double,
        sessions: Int,
        respond: @escaping @Sendable (TransferRequest, Int) throws(TransferError) -> FakeTransport.Answer
    ) throws -> RunnerBench {
        let board = ArrivalBoard()
        _ = board.apply(
            schedule(perSecond),
            agents: [0],
            until: { _ in nil },
            at: 1_000_000,
            // The fake world's clock begins at a second.
            fleetOffset: Micros(start.micros - 1_000_000)
        )
        return try RunnerBench(.script([step]), requests: sessions, arrivals: board, respond: respond)
    }

    @Test func sessionsBeginAsTheyArrive() async throws {
        let bench = try Self.bench(perSecond: 2, sessions: 4) { _, _ in .json(200, "{}") }
        let tally = await bench.run(agent: 0)
        // Arrivals at 0.25, 0.75, 1.25 and 1.75 s; a session takes a millisecond, and pause is all between them.
        #expect(tally.count("sessions_started") == 4)
        #expect(tally.samples("lateness") == 4 && tally.sum("lateness") == 0 && tally.count("sessions_late") == 0)
        #expect(tally.sum("session") == 3_000)
        #expect(tally.count("time_us{part=pause}") == 1_750_000 - 3_000)
        // No gap counts a pause.
        #expect(tally.samples("gap") == 3 && tally.sum("gap") == 3_000)
        // An agent that waits for its first session is not starting.
        #expect(tally.samples("startup") == 1 && tally.sum("startup") == 0)
    }

    @Test func aSessionThatFindsNobodyFreeIsLateAndCountsFromItsArrival() async throws {
        let bench = try Self.bench(perSecond: 2_000, sessions: 101) { _, _ in .json(200, "{}") }
        let tally = await bench.run(agent: 0)
        // Arrivals every half a millisecond and sessions of one: the n-th, from 0, begins n half milliseconds late.
        #expect(tally.samples("lateness") == 101)
        #expect(tally.sum("lateness") == (0...100).reduce(0) { $0 + $1 * 500 })
        #expect(tally.count("sessions_late") == 0)
        let longer = try Self.bench(perSecond: 2_000, sessions: 111) { _, _ in .json(200, "{}") }
        #expect(await longer.run(agent: 0).count("sessions_late") == 10)
        // Whoever ends in between is cut, and not counted.
        #expect(tally.sum("session") == (0..<100).reduce(0) { $0 + 1_000 + $1 * 500 })
    }

    @Test func whoeverArrivesDoesNotBackOff() async throws {
        let bench = try Self.bench(perSecond: 2, sessions: 3) { _, _ throws(TransferError) in
            throw TransferError(.connectTimeout, "no")
        }
        let tally = await bench.run(agent: 0)
        #expect(tally.count("sessions_started") == 3)
        #expect(tally.count("time_us{part=retry_wait}") == 0 && tally.sum("lateness") == 0)
    }
}
