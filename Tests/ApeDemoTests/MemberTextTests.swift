import ApeCore
import Testing

@testable import ApeDemo

@Suite("Members of written and of read JSON")
struct MemberTextTests {
    @Test("Text of any kind is written as JSON has it")
    func members() throws {
        for text in ["", "plain", "\"{\\}", "line\n", "\u{7f}", "é☕", "\u{1}"] {
            var writer = JSONWriter()
            writer.member("{\"text\":", text)
            writer.append("}")
            #expect(String(decoding: writer.bytes, as: UTF8.self) == JSONValue.object(["text": .string(text)]).text)
        }
    }

    @Test("A word is found where it stands first, and up to the end")
    func find() {
        let text = Array("abcabd".utf8)
        #expect(MemberText.find("abd", in: text[...]) == 3)
        #expect(MemberText.find("ab", in: text[1...]) == 3)
        #expect(MemberText.find("abd", in: text[..<5]) == nil)
        #expect(MemberText.find("abcabde", in: text[...]) == nil)
        #expect(MemberText.says(text[1..<3], "bc") && MemberText.says(Array("BC".utf8)[...], "bc"))
        #expect(!MemberText.says(text[1..<4], "bc") && !MemberText.says(text[1..<3], "bd"))
    }

    @Test(
        "A cookie is found by its whole name",
        arguments: [("a=1; id=x", "x"), ("ids=1;id=2", "2"), ("id=", ""), ("id", nil), ("", nil)] as [(String, String?)]
    )
    func cookies(header: String, value: String?) {
        #expect(CookieHeader.value("id", in: header) == value)
    }
}
