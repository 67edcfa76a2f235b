import ApeCore
import ApeFleet
@testable import ApeRun
import ApeTestKit
import Testing

@Suite struct FleetBooksTests {
    private static let start = LedgerFixture.start
    private var books = FleetBooks()

    init() {
        for worker in ["a", "b"] { books.join(worker, name: "name of \(worker)") }
        books.schedule(
            StageTimeline(
                stage: 0,
                start: FleetTime(micros: Self.start),
                ramp: .zero,
                warmup: .zero,
                hold: .seconds(60)
            )
        )
        for worker in ["a", "b"] { books.grant(worker, atMicros: Self.start - 1_000_000) }
    }

    private func at(_ second: Double) -> Int64 { Self.start + Int64(second * 1_000_000) }

    private mutating func window(_ worker: String, _ second: Double, seq: Int64, receivedAt: Double? = nil) {
        books.add(
            worker: worker,
            seq: seq,
            startMicros: at(second),
            endMicros: at(second + 1),
            receivedMicros: at(receivedAt ?? second + 1.1)
        )
    }

    @Test mutating func aWindowIsLateFiveSecondsAfterItsEnd() {
        window("a", 0, seq: 1, receivedAt: 6)
        window("a", 1, seq: 2, receivedAt: 7.1)
        let books = books.completeness(atMicros: at(2))
        #expect(books.map(\.lateWindows) == [1, 0])
        #expect(books.map(\.windows) == [2, 0])
        #expect(books.map(\.missing.count) == [0, 2])
        #expect(books[0].name == "name of a")
    }

    @Test mutating func aLostWorkerIsReplacedByALaterOneOfItsName() {
        books.disconnect("a", atMicros: at(3))
        books.join("a again", name: "name of a")
        books.grant("a again", atMicros: at(5))
        #expect(books.tallies.map(\.standing) == [.away, .connected, .connected])
        books.lose("a", atMicros: at(13))
        #expect(books.tallies.map(\.standing) == [.replaced, .connected, .connected])
        // What becomes of the later one counts, and of it alone.
        books.disconnect("a again", atMicros: at(20))
        books.lose("a again", atMicros: at(30))
        #expect(books.tallies.map(\.standing) == [.replaced, .connected, .lost])
        books.join("c", name: "name of c")
        #expect(books.tallies.map(\.standing) == [.replaced, .connected, .lost, .connected])
    }

    @Test mutating func oneThatSharesItsNameReplacesNobodyThatWasThere() {
        books.join("a too", name: "name of a")
        books.disconnect("a", atMicros: at(3))
        books.lose("a", atMicros: at(13))
        #expect(books.tallies.map(\.standing) == [.lost, .connected, .connected])
        // One that comes back of itself is lost anew where it is given up again.
        books.join("b again", name: "name of b")
        books.disconnect("b", atMicros: at(20))
        books.join("b once more", name: "name of b")
        books.reconnect("b", atMicros: at(22))
        books.disconnect("b", atMicros: at(23))
        books.lose("b", atMicros: at(33))
        #expect(books.tallies[1].standing == .lost)
    }

    @Test mutating func duplicatesAreToldAsSums() {
        books.countDuplicates(of: "a", windows: 2)
        books.countDuplicates(of: "b", windows: 7)
        books.countDuplicates(of: "a", windows: 3)
        books.countDuplicates(of: "a", windows: 1)
        #expect(books.completeness(atMicros: at(0)).map(\.duplicateWindows) == [3, 7])
    }

    @Test mutating func anOutageOfTheCoordinatorIsOneOfEveryWorker() {
        books.disconnect("b", atMicros: at(3))
        books.resume(outageMicros: 4_000_000, atMicros: at(9))
        books.reconnect("a", atMicros: at(11))
        #expect(books.coordinatorOutages == [at(5)..<at(9)])
        let disconnections = books.completeness(atMicros: at(20)).map(\.disconnections)
        #expect(disconnections == [[at(5)..<at(11)], [at(3)..<at(20)]])
        // What a damaged store might say.
        for outage in [-1, 0, .max] as [Int64] { books.resume(outageMicros: outage, atMicros: at(30)) }
        #expect(books.coordinatorOutages.count == 1)
    }

    @Test mutating func reassignmentsAreBounded() {
        let move = AgentMove(from: "a", reason: .rebalanced, agents: 1, to: ["b": 1], stoodStill: Micros(5))
        for second in 0..<FleetBooks.maximumReassignments + 3 { books.add(move, atMicros: at(Double(second))) }
        #expect(books.reassignments.count == FleetBooks.maximumReassignments)
        #expect(books.reassignmentsDropped == 3)
        #expect(books.reassignments[1] == .init(atMicros: at(1), move: move))
    }

    /// A worker that has proven itself may still say anything of its windows' times.
    @Test mutating func wildTimesDoNoHarm() {
        for (start, end) in [(Int64.min, Int64.max), (.max - 7, .max), (.min, .min + 1), (.max, .min), (-5, -4)] {
            books.add(worker: "a", seq: .max, startMicros: start, endMicros: end, receivedMicros: at(1))
        }
        books.drop("a", windows: .max)
        books.drop("a", windows: .max)
        books.drop("a", windows: .min)
        let books = books.completeness(atMicros: at(10))
        #expect(books[0].expectedSeconds == 10)
        #expect(books[0].droppedWindows == .max)
        #expect(books[1].missing.count == 10)
    }

    @Test mutating func whatNobodyJoinedAsIsIgnored() {
        books.grant("c", atMicros: 0)
        books.lose("c", atMicros: 0)
        books.stop("c", lastSeq: 0, atMicros: 0)
        window("c", 1, seq: 1)
        #expect(books.completeness(atMicros: at(1)).count == 2)
    }
}
