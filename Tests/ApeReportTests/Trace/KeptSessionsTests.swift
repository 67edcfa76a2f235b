import ApeCore
import ApeMetrics
@testable import ApeReport
import ApeRun
import Testing

/// Which kept session somebody means.
@Suite struct KeptSessionsTests {
    private static func session(_ trace: String, _ goal: String, _ reason: String, _ micros: Int64) -> ExemplarSession {
        ExemplarSession(
            reason: reason,
            message: "m",
            worker: "w",
            traceID: trace + String(repeating: "0", count: 32 - trace.count),
            session: SessionTrace(goal: goal, durationMicros: micros, steps: [])
        )
    }

    private static let kept = KeptSessions([
        session("aaaa1", "buy", "target_5xx", 5), session("aaaa2", "look", "inference_timeout", 9),
        session("bbbb", "buy", WorkerEvent.sessionSucceeded, 7),
        session("cccc", "look", WorkerEvent.sessionSucceeded, 8),
    ])

    private static func choose(
        _ kept: KeptSessions = kept,
        trace: String? = nil,
        failed: Bool = false,
        slowest: Bool = false,
        goal: String? = nil
    ) throws(ApeError) -> String? {
        try kept.choose(trace: trace, failed: failed, slowest: slowest, goal: goal, run: "r").traceID
            .map { String($0.prefix(5)) }
    }

    @Test func aChoiceIsMade() throws {
        #expect(try Self.choose() == "aaaa1")
        #expect(try Self.choose(slowest: true) == "aaaa2")
        #expect(try Self.choose(slowest: true, goal: "buy") == "bbbb0")
        #expect(try Self.choose(failed: true, goal: "look") == "aaaa2")
        #expect(try Self.choose(trace: "BBBB") == "bbbb0")
        let good = KeptSessions(Self.kept.sessions.filter(\.hasSucceeded))
        #expect(try Self.choose(good) == "cccc0", "the slowest where none failed")
    }

    @Test func whatThereIsIsTold() {
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return (error as? ApeError)?.message ?? "" }
            return "none"
        }
        #expect(
            message { _ = try Self.choose(trace: "aaaa") }
                == "2 sessions have a trace that begins with aaaa: give more of it"
        )
        #expect(message { _ = try Self.choose(trace: "dddd") }.contains("see the 4 that it kept with --list"))
        #expect(message { _ = try Self.choose(trace: "b") }.contains("kept no session of the trace b"))
        #expect(message { _ = try Self.choose(goal: "boy") }.hasSuffix("some of buy, look; did you mean buy?"))
        let good = KeptSessions(Self.kept.sessions.filter(\.hasSucceeded))
        #expect(message { _ = try Self.choose(good, failed: true) }.hasPrefix("No session of run r failed"))
        #expect(message { _ = try Self.choose(KeptSessions([])) }.hasPrefix("Run r kept no session step by step"))
    }

    @Test func theListFitsItsTerminal() {
        let lines = Self.kept.table({ $0 }, width: 60).split(separator: "\n")
        #expect(lines.count == 6 && lines.allSatisfy { $0.count <= 60 })
        #expect(lines[2].hasPrefix("aaaa10000000  buy   target_5xx"))
        #expect(KeptSessions([]).table({ $0 }, width: 60) == "No session was kept step by step.\n")
    }
}
