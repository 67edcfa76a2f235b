import ApeCore
import Testing

@testable import ApeInference

/// What a stream's events have alike is read once; what they say must not depend on it.
@Suite struct EventBeginningTests {
    private static let head = #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":["#
    private static let end = "data: [DONE]\n\n"

    private static func stream(_ events: [String]) -> String {
        events.map { "data: \($0)\n\n" }.joined() + end
    }

    private static func said(_ text: String, reason: String = "null", head: String = head) -> String {
        head + #"{"index":0,"delta":{"content":"\#(text)"},"finish_reason":\#(reason)}]}"#
    }

    private static let stop = said("", reason: #""stop""#)

    @Test func sameOrChangingBeginningsSayTheSame() throws {
        let words = ["Look", "ing ", "at \\u00e9", "\\\"all\\\"", "."]
        let same = Self.stream(words.map { Self.said($0) } + [Self.stop])
        let other = Self.stream(
            words.enumerated().map { place, word in
                Self.said(word, head: Self.head.replacing("\"created\":1", with: "\"created\":\(place * 7)"))
            } + [Self.stop]
        )
        let spaced = Self.stream(words.map { " " + Self.said($0) } + [Self.stop])
        for text in [same, other, spaced] {
            #expect(try read(text).get().turn.content == "Looking at é\"all\".")
        }
    }

    @Test(
        arguments: [
            head + #"{"index":0,"delta":{}}],"error":{"message":"boom","code":500}}"#,
            #"{"id":"c1","object":"error","message":"boom","code":500,"choices":[]}"#,
            head + #"],"object":"error","message":"boom","code":500}"#,
        ]
    )
    func anErrorIsReadBehindAKnownBeginning(event: String) {
        for count in [0, 1, 3] {
            let events = Array(repeating: Self.said("a"), count: count)
            #expect(read(Self.stream(events + [event])) == .failure(.errorObject(message: "boom", code: "500")))
        }
    }

    @Test(arguments: ["", "{", #"{"index":0,"delta":{"content":"a"#, #"{"index":0},]}"#, "]}}", "]", "x]}"])
    func whatIsBrokenBehindAKnownBeginningIsMalformed(rest: String) {
        for count in [0, 1, 3] {
            let events = Array(repeating: Self.said("a"), count: count)
            guard case .failure(.malformed) = read(Self.stream(events + [Self.head + rest])) else {
                Issue.record("\(rest) behind \(count) events was taken")
                continue
            }
        }
    }

    @Test func onlyTheFirstChoiceCounts() throws {
        let first = #"{"index":0,"delta":{"content":"yes"},"finish_reason":"stop"}"#
        let second =
            #"{"index":1,"delta":{"content":"no","reasoning":"r"},"finish_reason":"length","usage":{"prompt_tokens":9,"completion_tokens":1}}"#
        for choices in [first, first + "," + second, second + "," + first] {
            let answer = try read(Self.stream([Self.said(""), Self.head + choices + "]}"])).get()
            #expect(answer.turn.content == "yes")
            #expect(answer.ending == .complete)
            #expect(answer.turn.thought.isEmpty && answer.usage == nil)
        }
    }

    @Test func whatStandsBeforeTheChoicesIsReadInEveryEvent() throws {
        func event(_ sent: Int, _ word: String) -> String {
            Self.said(word, head: Self.head.replacing("\"created\":1", with: "\"ape_sent_us\":\(sent)"))
        }
        let stamped = try read(Self.stream([event(40, ""), event(50, "a"), event(60, "b"), Self.stop])).get()
        #expect(stamped.times.firstTokenSent == 50)
        let usage = #"{"usage":{"prompt_tokens":3,"completion_tokens":4},"choices":[]}"#
        let counted = try read(Self.stream([usage.replacing("3", with: "1"), Self.said("a"), usage, Self.stop])).get()
        #expect(counted.usage == TokenUsage(prompt: 3, completion: 4))
    }
}
