import ApeCore
import Testing

@testable import ApeInference

@Suite struct HostileStreamTests {
    private func failure(_ text: String) -> StreamFailure? {
        if case .failure(let failure) = read(text) { failure } else { nil }
    }

    private func isMalformed(_ text: String) -> Bool {
        if case .malformed = failure(text) { true } else { false }
    }

    @Test func refusesAnEventBeyondTheLimit() {
        let event = "data: {\"choices\":[{\"delta\":{\"content\":\"" + String(repeating: "a", count: 10 << 20)
        #expect(failure(event + "\"}}]}\n\n") == .tooLarge || isMalformed(event))
        var reader = AnswerReader(dialect: ChatDialect.self)
        var pieces = 0
        let piece = Array(event.utf8.prefix(64 << 10))
        while !reader.read(piece, at: 0).isSettled { pieces += 1 }
        #expect(pieces <= EventStreamParser.maximumEventBytes / piece.count + 1)
    }

    @Test func refusesAnAnswerBeyondTheLimit() {
        let part = "data: {\"choices\":[{\"delta\":{\"content\":\"\(String(repeating: "a", count: 100_000))\"}}]}\n\n"
        #expect(failure(String(repeating: part, count: 12)) == .tooLarge)
    }

    @Test(arguments: [
        "data: {\"choices\":[{\"delta\":{\"content\":NaN}}]}\n\n",
        "data: {\"usage\":{\"prompt_tokens\":1e999}}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\n\n",
        "data: [1,2]\n\n",
        "data: null\n\n",
        "data: {} trailing\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\\x\"},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\u{1}\"}}]}\n\n",
    ])
    func refusesWhatIsNotAChunk(text: String) {
        #expect(isMalformed(text))
    }

    @Test func refusesDeepNestingAndBytesThatAreNotUTF8() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(isMalformed("data: {\"choices\":\(deep)\n\n"))
        #expect(isMalformed("data: {\"extra\":\(deep)\n\n"))
        let start = Array("data: {\"choices\":[{\"delta\":{\"content\":\"".utf8)
        let bytes = start + [0xC3, 0x28, 0xFF] + Array("\"},\"finish_reason\":\"stop\"}]}\n\n".utf8)
        guard case .failure(.malformed) = read([bytes[...]]) else {
            Issue.record("bytes that are not UTF-8 were taken")
            return
        }
    }

    @Test func takesOddTypesForWhatTheyAreWorth() throws {
        let answer = try read(
            """
            data: {"choices":null,"usage":7,"time_info":[],"error":null,"ape_sent_us":"x"}\n
            data: {"choices":[{"delta":{"content":["x"],"tool_calls":[null,7,{"index":"a","function":null}]}}]}\n
            data: {"choices":[{"index":1,"delta":{"content":"other"}},{"delta":null,"finish_reason":"stop"}]}\n\n
            """
        ).get()
        #expect(answer.turn.content.isEmpty)
        #expect(answer.times.firstToken == nil)
        #expect(answer.usage == nil)
    }

    @Test func refusesTooManyCalls() {
        let calls = (0..<40).map { #"{"index":\#($0),"function":{"name":"http_get","arguments":"{}"}}"# }
        #expect(isMalformed("data: {\"choices\":[{\"delta\":{\"tool_calls\":[\(calls.joined(separator: ","))]}}]}\n\n"))
    }

    private func arguments(_ parts: [String]) throws -> (isComplete: [Bool], text: String) {
        var assembly = ArgumentsAssembly()
        var isComplete: [Bool] = []
        for part in parts {
            assembly.add(string: Array(part.utf8)[...])
            isComplete.append(assembly.isComplete)
        }
        return (isComplete, try assembly.arguments().text)
    }

    @Test func followsEscapesIntoTheArguments() throws {
        let escaped = try arguments([#"{\"a\":\"}\\\"\u005c\u0022{\",\"b\":{\u0022c\u0022:1}"#, "}"])
        #expect(escaped.isComplete == [false, true])
        #expect(escaped.text == #"{"a":"}\"\"{","b":{"c":1}}"#)
        let unicode = try arguments([#"{\u0022a\u0022:\u0022}\u0022"#, "}"])
        #expect(unicode.isComplete == [false, true])
        #expect(unicode.text == #"{"a":"}"}"#)
        #expect(try arguments([#"\b\f\n\r\t\/\\"#]).text == "\u{8}\u{C}\n\r\t/\\")
    }

    /// Servers cut a model's output between the halves of a surrogate pair, and leave a half out.
    @Test(arguments: [
        ([#"\ud83d\ude00"#], "😀"), ([#"\ud83d"#, #"\ude00"#], "😀"), ([#"\ud83d"#, "a"], "\u{FFFD}a"),
        ([#"\ud83d"#, #"\ud83d\ude00"#], "\u{FFFD}😀"), ([#"\ude00"#], "\u{FFFD}"), ([#"a\ud83d"#], "a\u{FFFD}"),
        ([#"\ud83d\u0041"#], "\u{FFFD}A"), ([#"\\ud83d"#, #"\ude00"#], "\\ud83d\u{FFFD}"),
    ])
    func joinsSurrogatePairs(parts: [String], text: String) throws {
        #expect(try arguments(parts).text == text)
        let whole = try JSONValue(parsing: "\"" + parts.joined() + "\"")
        #expect(whole == .string(text))
    }

    @Test func refusesArgumentsThatAreNotUTF8() {
        var assembly = ArgumentsAssembly()
        assembly.add(string: [0x7B, 0xFF])
        #expect(throws: StreamFailure.malformed("Not valid JSON at byte 4: a string that is not UTF-8")) {
            try assembly.arguments()
        }
    }
}
