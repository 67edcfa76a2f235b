import ApeCore
import Testing

@testable import ApeInference

/// An event that differs from the one before it in its text alone is compared and not read; it must say the same.
@Suite struct EventFormTests {
    private static func chat(_ delta: String, _ rest: String = "") -> String {
        #"{"id":"c1","choices":[{"index":0,"delta":{\#(delta)},"finish_reason":null}]\#(rest)}"#
    }

    private static func arguments(_ text: String, index: Int = 0) -> String {
        chat(#""tool_calls":[{"index":\#(index),"function":{"arguments":"\#(text)"}}]"#)
    }

    /// Events of each kind, of which some have the form of one before them and some nearly.
    private static let pool: [String] =
        ["a", "", " the", "caf\u{E9}", #"\n"#, #"\"x\""#, #"\u00e9"#, #"\ud83d"#, "]}}"].flatMap { text in
            [
                chat(#""content":"\#(text)""#),
                chat(#""content":"\#(text)""#, #","usage":null"#),
                chat(#""content":"\#(text)""#, #","usage":{"prompt_tokens":3,"completion_tokens":4}"#),
                chat(#""role":"assistant","content":"\#(text)""#),
                chat(#""reasoning_content":"\#(text)""#),
                chat(#""reasoning_content":"\#(text)","content":null"#),
                chat(#""reasoning":"\#(text)","content":"\#(text)""#),
                chat(#""refusal":"\#(text)""#),
                chat(#""content":[{"type":"text","text":"\#(text)"}]"#),
                arguments(text), arguments(text, index: 1),
                chat(#""tool_calls":[{"index":0,"id":"i","function":{"name":"f","arguments":"\#(text)"}}]"#),
                chat(#""tool_calls":[{"index":0,"function":{"arguments":{"a":"\#(text)"}}}]"#),
            ]
        } + [chat(""), chat(#""content":"a"x"#), chat(#""content":"a"#), chat(#""content":"\q""#), "[DONE]", "{}"]

    /// What a delta says, its places read from the event's start.
    private static func said(_ delta: StreamDelta, in range: Range<Int>) -> String {
        func place(_ part: Range<Int>) -> Range<Int> {
            part.isEmpty ? 0..<0 : (part.lowerBound - range.lowerBound)..<(part.upperBound - range.lowerBound)
        }
        let fragments = [delta.toolFragment].compactMap(\.self) + delta.moreToolFragments
        let calls = fragments.map { ($0.index, place($0.arguments), place($0.id), place($0.name)) }
        let carried = delta.carried.map { piece -> String in
            guard case .member(let name, let value) = piece else { return "\(piece)" }
            return "\(place(name)) \(place(value))"
        }
        let texts = "\(place(delta.content)) \(delta.moreContent.map(place)) \(place(delta.reasoning))"
        return "\(texts) \(calls) \(carried) \(String(describing: delta.usage)) \(delta.isEnd)"
    }

    @Test func everyEventSaysBehindEveryOtherWhatItSaysAlone() throws {
        for first in Self.pool {
            for second in Self.pool {
                let bytes = Array("data: \(first)\n\ndata: \(second)\n\n".utf8)
                let one = 6..<(6 + first.utf8.count)
                let two = (one.upperBound + 8)..<(bytes.count - 2)
                var beginning = EventBeginning()
                guard let delta = try? ChatDialect.delta(of: bytes, in: one, after: &beginning) else { continue }
                var form = EventForm()
                form.keep(delta, of: bytes, in: one)
                guard let quick = form.text(of: bytes, in: two).map(form.delta) else { continue }
                beginning = EventBeginning()
                let slow = try ChatDialect.delta(of: bytes, in: two, after: &beginning)
                #expect(Self.said(quick, in: two) == Self.said(slow, in: two), "\(second) behind \(first)")
            }
        }
    }

    @Test(arguments: [
        (chat(#""content":"a""#), chat(#""content":" and \"b\"""#)),
        (arguments("{"), arguments(#"\"a\":1}"#)),
        (chat(#""reasoning_content":"so""#), chat(#""reasoning_content":" on""#)),
    ])
    func anEventOfTheSameFormIsNotReadAgain(first: String, second: String) throws {
        let bytes = Array((first + second).utf8)
        let one = 0..<first.utf8.count
        var beginning = EventBeginning()
        var form = EventForm()
        form.keep(try ChatDialect.delta(of: bytes, in: one, after: &beginning), of: bytes, in: one)
        #expect(form.text(of: bytes, in: one.upperBound..<bytes.count) != nil)
        #expect(form.text(of: bytes, in: one) != nil)
        #expect(form.text(of: bytes, in: one.upperBound..<(bytes.count - 1)) == nil)
    }

    @Test func aTextThatWouldEndElsewhereIsRead() throws {
        let first = Self.chat(#""content":"a""#)
        // The quote within ends the text early, and what follows only looks like the form's end.
        let second = Self.chat(#""content":"b"},"finish_reason":"stop"},{"index":1,"delta":{"content":"c""#)
        let bytes = Array((first + second).utf8)
        let one = 0..<first.utf8.count
        var beginning = EventBeginning()
        var form = EventForm()
        form.keep(try ChatDialect.delta(of: bytes, in: one, after: &beginning), of: bytes, in: one)
        #expect(form.text(of: bytes, in: one.upperBound..<bytes.count) == nil)
    }
}
