import ApeCore
import ApeTransfer
import Testing

@testable import ApeAgent

@Suite struct BytePatternTests {
    @Test(
        arguments: [
            ("a", "a", 0), ("ab", "aab", 1), ("aab", "aaaab", 2), ("abab", "abaabab", 3), ("é", "cafés", 3),
            ("abcabd", "abcabcabd", 3), ("b", "aaa", nil), ("aa", "a", nil), ("a", "", nil),
        ] as [(String, String, Int?)]
    )
    func findsTheFirstPlace(_ pattern: String, _ text: String, _ place: Int?) {
        let found = BytePattern(pattern).firstRange(in: Array(text.utf8)[...])
        #expect(found == place.map { $0..<$0 + pattern.utf8.count })
    }

    /// A search that starts over at each place would compare 1024 times as much, and take a minute here.
    @Test func needsNoMoreTimeForHostileTexts() {
        let pattern = BytePattern(String(repeating: "a", count: 1023) + "b")
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 512 << 10)
        #expect(pattern.firstRange(in: text[...]) == nil)
    }
}

/// Values that only an HTML page tells.
@Suite struct CaptureBetweenTests {
    private func value(_ body: [UInt8], _ before: String = "value=\"", _ after: String = "\"") throws -> String? {
        let capture = try PreparedCapture(Capture(name: "v", source: .between(before: before, after: after)))
        var answer = TargetAnswer(
            target: 0,
            method: "GET",
            path: "/",
            response: TransferResponse(status: 200, body: body)
        )
        guard case .found(let value, _) = capture.look(into: &answer) else { return nil }
        return value
    }

    @Test(
        arguments: [
            (#"<input name="csrf" value="t0k.en-1">"#, "t0k.en-1"), (#"value="first" value="second""#, "first"),
            (#"value="""#, ""), (#"value="a&amp;b""#, "a&amp;b"), (#"value="open"#, nil), (#"value='other'"#, nil),
            ("", nil),
        ] as [(String, String?)]
    )
    func takesWhatStandsBetween(_ body: String, _ expected: String?) throws {
        #expect(try value(Array(body.utf8)) == expected)
    }

    @Test func takesNothingTooLong() throws {
        let longest = [UInt8](repeating: UInt8(ascii: "x"), count: SessionState.maximumValueBytes)
        let (start, end) = (Array("value=\"".utf8), Array("\"".utf8))
        #expect(try value(start + longest + end)?.utf8.count == longest.count)
        #expect(try value(start + longest + [0x78] + end) == nil)
        #expect(try value(start + [0x63, 0xE9] + end) == "cé", "what is not UTF-8 is Latin-1")
        #expect(try value(start + longest) == nil)
    }

    @Test func looksForTheEndBehindTheBeginning() throws {
        #expect(try value(Array("b a x b".utf8), "a", "b") == " x ")
        #expect(try value(Array("aXa".utf8), "aXa", "a") == nil)
    }
}
