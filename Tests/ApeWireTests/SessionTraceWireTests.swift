import ApeCore
import ApeMetrics
import Testing

@testable import ApeWire

/// A failed session on the wire: bounded both ways.
@Suite("A failed session in an event")
struct SessionTraceWireTests {
    private func line(session: String) -> [UInt8] {
        Array(
            #"{"type":"event","run":"r","level":"error","code":"c","message":"m","session":\#(session)}"#.utf8
        )
    }

    private func session(_ members: String = "", steps: String = "") -> String {
        #"{"goal":"g","start_us":1,"duration_us":2,"steps":[\#(steps)]\#(members)}"#
    }

    @Test("The longest session fits a line and comes back")
    func longest() throws {
        // Every byte of it takes six on the wire.
        let text = String(repeating: "\u{1}", count: 256)
        let step = SessionTrace.Step(
            offsetMicros: WireLimit.maximumInteger,
            durationMicros: WireLimit.maximumInteger,
            what: text,
            status: 599,
            error: text,
            attempts: 1_000_000,
            spanID: UInt64.max,
            decision: .init(
                firstTokenMicros: WireLimit.maximumInteger,
                tokensIn: WireLimit.maximumInteger,
                tokensOut: WireLimit.maximumInteger,
                tokensCached: WireLimit.maximumInteger,
                isEstimate: true
            )
        )
        let trace = SessionTrace(
            goal: text,
            startMicros: WireLimit.maximumInteger,
            durationMicros: WireLimit.maximumInteger,
            failedCheck: .init(name: text, reason: text),
            steps: Array(repeating: step, count: SessionTrace.maximumSteps),
            stepsLeftOut: WireLimit.maximumInteger
        )
        let event = WorkerEvent(run: "r", level: .error, code: text, message: text, session: trace)
        let line = Message.event(event).line
        #expect(line.count < WireLimit.lineBytes)
        #expect(try Message(line: Array(line.dropLast())) == .event(event))
    }

    @Test("Texts that are too long are cut where they are written, between two characters")
    func cut() throws {
        let long = String(repeating: "ä", count: 200)
        let step = SessionTrace.Step(offsetMicros: 0, durationMicros: 0, what: long + "x", error: long)
        let event = WorkerEvent(
            run: "r",
            level: .error,
            code: "c",
            message: "m",
            session: SessionTrace(goal: long, durationMicros: 0, steps: [step])
        )
        guard case .event(let read) = try Message(line: Array(Message.event(event).line.dropLast())) else {
            return #expect(Bool(false))
        }
        #expect(read.session?.goal == String(repeating: "ä", count: 128))
        #expect(read.session?.steps.first?.what == String(repeating: "ä", count: 128))
    }

    @Test("What is unknown is ignored, and null is nothing")
    func tolerance() throws {
        let steps = #"{"at_us":0,"took_us":0,"what":"decision","status":null,"colour":"red"}"#
        guard case .event(let read) = try Message(line: line(session: session(#","mood":1"#, steps: steps))) else {
            return #expect(Bool(false))
        }
        #expect(read.session?.steps == [SessionTrace.Step(offsetMicros: 0, durationMicros: 0, what: "decision")])
        guard case .event(let none) = try Message(line: line(session: "null")) else { return #expect(Bool(false)) }
        #expect(none.session == nil)
    }

    @Test(
        "What is out of bounds is refused by name",
        arguments: [
            ("7", "event.session is not an object"), ("{}", "event.session.steps is missing"),
            (#"{"steps":{}}"#, "event.session.steps is not a list of at most 64"),
            (#"{"steps":[7]}"#, "event.session.steps[0].at_us is missing"),
            (#"{"steps":[]}"#, "event.session.goal is missing"),
            (
                #"{"steps":[{"at_us":-1,"took_us":0,"what":"x"}]}"#,
                "event.session.steps[0].at_us is -1, outside 0...9007199254740991"
            ),
            (
                #"{"steps":[{"at_us":0,"took_us":0,"what":"x","status":99}]}"#,
                "event.session.steps[0].status is 99, outside 100...999"
            ),
            (
                #"{"steps":[{"at_us":0,"took_us":0,"what":"x","span":"00F067AA0BA902B7"}]}"#,
                "event.session.steps[0].span is not 16 hexadecimal digits"
            ),
            (
                #"{"steps":[{"at_us":0,"took_us":0,"what":"x","span":"f067aa0ba902b7"}]}"#,
                "event.session.steps[0].span is not 16 hexadecimal digits"
            ),
            (
                #"{"steps":[{"at_us":0,"took_us":0,"what":"decision","tokens_in":-1}]}"#,
                "event.session.steps[0].tokens_in is -1, outside 0...9007199254740991"
            ),
            (
                #"{"steps":[],"goal":"g","start_us":0,"duration_us":0,"failed_check":1}"#,
                "event.session.failed_check is not an object"
            ),
        ]
    )
    func refused(session: String, reason: String) {
        #expect(throws: ApeError(.malformed, reason)) { try Message(line: line(session: session)) }
    }

    @Test("More steps or longer texts than may be are refused")
    func tooMuch() {
        let step = #"{"at_us":0,"took_us":0,"what":"decision"}"#
        let many = Array(repeating: step, count: 65).joined(separator: ",")
        #expect(throws: ApeError.self) { try Message(line: line(session: session(steps: many))) }
        let long = String(repeating: "x", count: 257)
        #expect(throws: ApeError.self) {
            try Message(line: line(session: session(steps: #"{"at_us":0,"took_us":0,"what":"\#(long)"}"#)))
        }
    }
}
