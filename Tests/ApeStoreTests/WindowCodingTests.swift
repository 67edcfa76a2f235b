import ApeCore
import ApeMetrics
import Testing

@testable import ApeStore

@Suite struct WindowCodingTests {
    @Test func everyIntegerComesBack() throws {
        var writer = ByteWriter()
        let signed: [Int64] = [0, 1, -1, 63, 64, -64, -65, 8_191, 8_192, .max, .min, .max - 1]
        let unsigned: [UInt64] = [0, 127, 128, 16_383, 16_384, .max, 1 << 63]
        for value in signed { writer.write(value) }
        for value in unsigned { writer.write(unsigned: value) }
        var reader = ByteReader(writer.bytes)
        for value in signed { #expect(try reader.int64() == value) }
        for value in unsigned { #expect(try reader.unsigned() == value) }
        #expect(reader.isAtEnd)
    }

    @Test(
        arguments: [
            [0x80], [0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        ] as [[UInt8]]
    )
    func brokenIntegersAreRefused(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        #expect(throws: ByteReader.malformed) { try reader.unsigned() }
    }

    @Test func labelsStandOnce() throws {
        var window = StoreFixture.window(seq: 2)
        window.series = [:]
        var tally = WindowTally()
        var gap = GapBreakdown()
        gap.gaps = 1
        for part in GapBreakdown.Part.allCases { gap[part: part] = 100_000 }
        gap.gapMicros = gap.partsMicros
        let goal = "buy = {two} headphones"
        tally.record(gap, goal: goal, route: "GET /api/products/{id}")
        tally.add(.goalSessionsSucceeded, goal)
        window.counters = tally.cut().counters
        // Names that only look like the listed ones.
        let odd = ["goal_gaps{goal=", "goal_gaps{goal=}", "goal_gaps{goal=x", "{route=a}", "=", "=}", "", "up{a=b}"]
        for name in odd { window.counters[CounterName(rawValue: name)] = 1 }
        let bytes = WindowCoding.bytes(of: window)
        #expect(try WindowCoding.window(from: bytes, run: window.run, seq: window.seq) == window)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.ranges(of: goal).count == 1)
        // Many labels, each of several names.
        let busy = StoreFixture.busyWindow(seq: 3, worker: "w1")
        #expect(try WindowCoding.window(from: WindowCoding.bytes(of: busy), run: busy.run, seq: busy.seq) == busy)
        #expect(!text.contains("goal_gap_us"))
    }

    @Test func kindsOfTokensTakeAByteEach() throws {
        var window = StoreFixture.window(seq: 2)
        window.series = [:]
        window.counters = [:]
        let bare = WindowCoding.bytes(of: window).count
        window.counters = [.tokensCached: 1, .tokensCacheWrite: 2, .tokensReasoning: 3, .tokensEstimated: 4]
        let bytes = WindowCoding.bytes(of: window)
        #expect(bytes.count == bare + 8)
        #expect(try WindowCoding.window(from: bytes, run: window.run, seq: window.seq) == window)
    }

    @Test func aWindowWithoutAnythingComesBack() throws {
        let window = Window(
            run: "r",
            seq: WindowBounds.greatest,
            stage: 0,
            revision: 0,
            phase: .drain,
            startMicros: 0,
            endMicros: 1_000_000,
            assigned: 0,
            active: 0
        )
        #expect(try WindowCoding.window(from: WindowCoding.bytes(of: window), run: "r", seq: window.seq) == window)
    }

    @Test func whatIsBeyondABoundIsNoWindow() throws {
        let changes: [(inout Window) -> Void] = [
            { $0.stage = -1 }, { $0.active = -3 }, { $0.assigned = .max }, { $0.endMicros = .max },
            { $0.startMicros = .min }, { $0.host.cpuPercent = .nan }, { $0.counters[.tokensIn] = .max },
        ]
        for (number, change) in changes.enumerated() {
            var window = StoreFixture.window(seq: 1)
            change(&window)
            #expect(throws: ApeError.self, "change \(number)") {
                try WindowCoding.window(from: WindowCoding.bytes(of: window), run: window.run, seq: 1)
            }
        }
    }

    @Test func aLateWindowComesBackAsOne() throws {
        var window = StoreFixture.window(seq: 4)
        (window.isLate, window.stalled, window.waiting) = (true, 3, 12)
        window.host.loopLagMeanMicros = 77
        window.counters[CounterFamily.agentTime["target"]] = 5
        window.counters[.absentMicros] = 6
        window.series[SeriesFamily.failedRoute["GET /"]] = window.series[.gap]
        let read = try WindowCoding.window(from: WindowCoding.bytes(of: window), run: window.run, seq: window.seq)
        #expect(read == window && read.isLate)
    }

    /// What was stored before windows could be late is still read.
    @Test func aRowOfTheFirstVersionIsRead() throws {
        var window = StoreFixture.window(seq: 4)
        (window.counters, window.series) = ([:], [:])
        let bytes = WindowCoding.bytes(of: window)
        // Without the four fields before the two empty lists.
        let old = [1] + bytes[1..<bytes.count - 6] + bytes.suffix(2)
        #expect(try WindowCoding.window(from: old, run: window.run, seq: window.seq) == window)
    }

    @Test func cutAndChangedBytesNeverTrap() throws {
        let bytes = WindowCoding.bytes(of: StoreFixture.window(seq: 2))
        for length in 0..<bytes.count {
            #expect(throws: ByteReader.malformed) {
                try WindowCoding.window(from: Array(bytes[..<length]), run: "r", seq: 1)
            }
        }
        #expect(throws: ByteReader.malformed) { try WindowCoding.window(from: bytes + [0], run: "r", seq: 1) }
        var random = SeededRandom(seed: 7)
        for _ in 0..<20_000 {
            var changed = bytes
            for _ in 0...(random.next() % 4) {
                changed[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = try? WindowCoding.window(from: changed, run: "r", seq: 1)
        }
    }
}
