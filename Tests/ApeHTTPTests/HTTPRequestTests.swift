import Testing

@testable import ApeHTTP

/// What is read of a request.
struct HTTPRequestTests {
    @Test(arguments: [
        ("", [:]), ("a=1&b=2", ["a": "1", "b": "2"]), ("a=1&a=2", nil), ("a&%61", nil), ("a", ["a": ""]),
        ("=x", ["": "x"]),
        ("a=b=c", ["a": "b=c"]), ("a=%20%2B+%", ["a": " + %"]), ("a=%zz%4", ["a": "%zz%4"]),
        ("%61=%00", ["a": "\u{0}"]),
        ("a=%ff", ["a": "\u{FFFD}"]), ("&&&a=1", ["a": "1"]),
    ])
    func aQueryIsDecoded(text: String, expected: [String: String]?) {
        #expect(HTTPRequest.parts(ofQuery: text) == expected)
    }

    @Test func aHugeQueryIsCut() {
        let text = (0..<10_000).map { "k\($0)=v" }.joined(separator: "&")
        #expect(HTTPRequest.parts(ofQuery: text)?.count == 64)
    }

    @Test func anEventIsWrittenSoThatNothingInItCanBeAnother() {
        let event = ServerSentEvent(id: "7\nevent: x\u{0}", name: "a\r\nb", data: "one\ntwo\r\rid: 9\r\nthree")
        let expected =
            "id: 7event: x\nevent: ab\ndata: one\ndata: two\ndata: \ndata: id: 9\ndata: \ndata: three\n\n"
        #expect(event.text == expected)
        #expect(ServerSentEvent(data: "").text == "data: \n\n")
    }
}
