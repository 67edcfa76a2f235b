import Testing

@testable import ApeAgent

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
        var reader = AnswerReader()
        var pieces = 0
        let piece = Array(event.utf8.prefix(64 << 10))
        while !reader.read(piece, at: 0) { pieces += 1 }
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
        #expect(answer.content.isEmpty)
        #expect(answer.times.firstToken == nil)
        #expect(answer.usage == nil)
    }

    @Test func refusesTooManyCalls() {
        let calls = (0..<40).map { #"{"index":\#($0),"function":{"name":"http_get","arguments":"{}"}}"# }
        #expect(isMalformed("data: {\"choices\":[{\"delta\":{\"tool_calls\":[\(calls.joined(separator: ","))]}}]}\n\n"))
    }

    @Test func followsEscapesIntoTheArguments() {
        var completion = JSONCompletion()
        completion.take(Array(#"{\"a\":\"}\\\"\u005c\u0022{\",\"b\":{\u0022c\u0022:1}"#.utf8)[...])
        #expect(!completion.isComplete)
        completion.take(Array("}".utf8)[...])
        #expect(completion.isComplete)
        var unicode = JSONCompletion()
        for byte in Array(#"{\u0022a\u0022:\u0022}\u0022}"#.utf8).dropLast() { unicode.take([byte]) }
        #expect(!unicode.isComplete)
    }
}
