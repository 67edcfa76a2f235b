import ApeCore
import ApeTransfer
import Testing

@testable import ApeAgent

/// The events of a target's answer, and how long they were waited for.
struct AnswerStreamTests {
    /// An answer from 1,000 to 9,000 us whose parts came at the given times.
    private static func response(_ type: String, _ parts: [(String, Int64)]) -> TransferResponse {
        var response = TransferResponse(status: 200, headers: TransferHeaders([("Content-Type", type)]))
        response.isStream = true
        response.startedMicros = 1_000
        response.endedMicros = 9_000
        for (text, micros) in parts {
            response.body += Array(text.utf8)
            response.arrivals.append(BodyArrival(endByte: response.body.count, atMicros: micros))
        }
        response.bodyBytes = response.body.count
        return response
    }

    private static func texts(_ response: TransferResponse) -> [String]? {
        AnswerStream(response)?.events.map { "\(String(decoding: $0.bytes, as: UTF8.self))@\($0.atMicros)" }
    }

    @Test func anEventCountsWhenItIsWhole() {
        let response = Self.response(
            "text/event-stream",
            [(": hello\n\ndata: a", 2_000), ("b\n\ndata: c\ndata: d\n\n", 3_000), ("event: end\ndata: e", 4_000)]
        )
        #expect(Self.texts(response) == ["ab@3000", "c\nd@3000", "e@9000"])
    }

    @Test(arguments: ["application/x-ndjson", "application/json-seq"])
    func linesAreEvents(type: String) {
        let response = Self.response(type, [("\u{1E}{\"a\":1}\n\n{\"a\"", 2_000), (":2}\r\n{\"a\":3}", 3_000)])
        #expect(Self.texts(response) == ["{\"a\":1}@2000", "{\"a\":2}\r@3000", "{\"a\":3}@9000"])
    }

    @Test func whatTheLimitCutIsNoEvent() {
        for type in ["text/event-stream", "application/x-ndjson"] {
            var response = Self.response(type, [("data: 1\n\ndata: 2", 2_000)])
            response.truncated = true
            #expect(AnswerStream(response)?.events.count == 1)
        }
    }

    @Test func anotherAnswerIsNoStream() {
        #expect(AnswerStream(TransferResponse(status: 200)) == nil)
    }

    @Test func waitsAreThoseOfEvents() throws {
        let response = Self.response(
            "text/event-stream",
            [("data: 1\n\n", 2_000), ("data: 2\n\n", 2_500), ("data: 3\n\n", 4_000)]
        )
        let stream = try #require(AnswerStream(response))
        #expect(
            stream.waits(response, isWhole: true)
                == .init(events: 3, firstMicros: 1_000, gapMicros: [500, 1_500], wasLeft: false)
        )
        // The silence in which it broke is a wait that failed.
        #expect(stream.waits(response, isWhole: false).gapMicros == [500, 1_500, 5_000])
    }

    @Test func aStreamWithoutEventsWaitedToItsEnd() throws {
        for isWhole in [true, false] {
            let response = Self.response("text/event-stream", [(": nothing\n", 2_000)])
            let stream = try #require(AnswerStream(response))
            #expect(
                stream.waits(response, isWhole: isWhole)
                    == .init(events: 0, firstMicros: 8_000, gapMicros: [], wasLeft: false)
            )
        }
    }

    /// How long a quiet stream is listened to is the scenario's choice, and no time of the target's.
    @Test func whatTheListenerLeftWaitsForNothing() throws {
        for (parts, waits) in [
            ([("data: 1\n\n", 2_000), ("data: 2\n\n", 4_000)], (2, 1_000, [2_000])), ([], (0, nil, [])),
        ] as [([(String, Int64)], (Int, Int64?, [Int64]))] {
            var response = Self.response("text/event-stream", parts)
            response.wasListenedTo = true
            let stream = try #require(AnswerStream(response))
            let expected = AnswerStream.Waits(
                events: waits.0,
                firstMicros: waits.1,
                gapMicros: waits.2,
                wasLeft: true
            )
            #expect(stream.waits(response, isWhole: true) == expected)
        }
    }

    private static func answer(_ text: String) -> TargetAnswer {
        let response = response("text/event-stream", [(text, 2_000)])
        return TargetAnswer(target: 0, method: "GET", path: "/chat", response: response)
    }

    private static let chat = #"""
        data: {"id":"c1","done":false,"n":1}

        data: {"id":"c2","done":true,"n":2}

        data: [DONE]


        """#

    @Test(
        arguments: [
            (["$.done": true, "$.n": 2], nil), (["$.done": false, "$.n": 1], nil),
            // No single event has both.
            (["$.done": true, "$.n": 1], " is not as wanted in any event"),
            (["$.none": true], "$.none is not as wanted in any event"),
        ] as [([String: JSONValue], String?)]
    )
    func aCheckLooksAtAnyEvent(wanted: [String: JSONValue], failure: String?) throws {
        var check = SuccessCheck(name: "c", subject: .anyAnswer, method: "GET", path: "/chat")
        check.json = wanted.map { JSONComparison(path: $0.key, comparison: .equals, value: $0.value) }
        var answer = Self.answer(Self.chat)
        let said = try PreparedCheck(check, targets: ["t"]).failure(of: &answer, state: SessionState())
        #expect(failure.map { said?.hasSuffix($0) == true } ?? (said == nil), "\(said ?? "")")
    }

    @Test(arguments: [
        ("", "the stream has no event"), ("data: hello\n\n", "no event of the stream is JSON"),
    ])
    func aStreamWithoutJSONIsToldAsSuch(text: String, failure: String) throws {
        var check = SuccessCheck(name: "c", subject: .anyAnswer, method: "GET", path: "/chat")
        check.json = [JSONComparison(path: "$.a", comparison: .equals, value: 1)]
        var answer = Self.answer(text)
        #expect(try PreparedCheck(check, targets: ["t"]).failure(of: &answer, state: SessionState()) == failure)
    }

    @Test func valuesComeFromTheLastEventThatHasThem() throws {
        var answer = Self.answer(Self.chat)
        let capture = try PreparedCapture(Capture(name: "n", source: .jsonPath("$.n"), path: nil))
        #expect(capture.look(into: &answer) == .found("2", url: ""))
        #expect(answer.usualValues().last == StateValue(name: "id", value: "c2"))
    }
}
