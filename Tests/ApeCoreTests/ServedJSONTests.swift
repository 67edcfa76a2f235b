import Testing

@testable import ApeCore

@Suite struct ServedJSONTests {
    private func read(_ text: String) throws -> JSONValue {
        try ServedJSON.value(of: Array(text.utf8))
    }

    private func utf16(_ text: String, isLittleEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            let bytes = [UInt8(unit >> 8), UInt8(unit & 255)]
            return isLittleEndian ? bytes.reversed() : bytes
        }
    }

    @Test func readsWhatServersSend() throws {
        #expect(try read("\u{FEFF}{\"a\":1}") == ["a": 1])
        #expect(try read(#"{"a":1,"b":2,"a":3}"#) == ["a": 3, "b": 2])
        #expect(
            try read(#"[NaN,Infinity,-Infinity,-1,{"a":NaN}]"#) == ["NaN", "Infinity", "-Infinity", -1, ["a": "NaN"]]
        )
        #expect(try read("{\"a\":\"x\ty\nz\u{1}\"}") == ["a": "x\ty\nz\u{1}"])
        #expect(try read(#"["\ud83d"]"#) == ["\u{FFFD}"])
        #expect(try read(")]}',\n{\"a\":1}") == ["a": 1])
        #expect(try read(")]}'\n[1]") == [1])
        #expect(try read("while(1);[1]") == [1])
        #expect(try read("for(;;);{}") == [:])
        #expect(try read("\u{FEFF})]}'\n[1]") == [1])
        #expect(try read(" 19.90 ").text == "19.90")
    }

    @Test func readsOtherEncodings() throws {
        let text = #"{"näme":"€ 😀"}"#
        let value: JSONValue = ["näme": "€ 😀"]
        for isLittleEndian in [true, false] {
            let plain = utf16(text, isLittleEndian: isLittleEndian)
            #expect(try ServedJSON.value(of: plain) == value)
            #expect(try ServedJSON.value(of: (isLittleEndian ? [0xFF, 0xFE] : [0xFE, 0xFF]) + plain) == value)
            #expect(try ServedJSON.value(of: plain + [0x20].filter { _ in isLittleEndian }) == value)
        }
        let latin = Array("{\"caf".utf8) + [0xE9] + Array("\":\"".utf8) + [0x80, 0x93, 0xFC] + Array("\"}".utf8)
        #expect(try ServedJSON.value(of: latin) == ["café": "€“ü"])
        #expect(ServedText.string(of: [0x63, 0xE9]) == "cé")
        #expect(ServedText.string(of: [0xEF, 0xBB, 0xBF] + Array("é".utf8)) == "é")
        #expect(ServedText.string(of: [0xFF, 0xFE] + utf16("é", isLittleEndian: true)) == "é")
    }

    @Test(arguments: [
        ("", "the body is empty"), (" \n", "the body is empty"), ("<html>", "the body is not JSON"),
        ("{\"a\":1", "the body is not JSON"), ("[1,]", "the body is not JSON"), ("{} x", "the body is not JSON"),
        ("-Infinit", "the body is not JSON"), (")]}'", "the body is not JSON"), ("\u{FEFF}", "the body is not JSON"),
        (String(repeating: "[", count: 257), "the body is nested deeper than 256 levels"),
        (String(repeating: "[{\"a\":", count: 100_000), "the body is nested deeper than 256 levels"),
    ])
    func saysWhyThereIsNone(text: String, says: String) {
        #expect { try read(text) } throws: { ($0 as? ApeError)?.message == says }
    }

    @Test func readsMoreLevelsThanAPeerMaySend() throws {
        let text = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
        #expect(try read(text).text == text)
        #expect(throws: ApeError.self) { try JSONValue(parsing: text) }
    }

    /// What is read as it is served is refused from a peer, a scenario and a database.
    @Test(arguments: ["\u{FEFF}1", "{\"a\":1,\"a\":1}", "NaN", "-Infinity", "[\"\t\"]", ")]}'\n1"])
    func nobodyElseIsReadSo(text: String) {
        #expect(throws: ApeError.self) { try JSONValue(parsing: text) }
    }

    @Test func skippingTakesTheSame() throws {
        for text in [#"{"a":NaN,"a":[-Infinity]}"#, "[\"\u{1}\"]", "[1e400,-0.10]"] {
            var scanner = JSONScanner(Array(text.utf8), asServed: true)
            try scanner.skipValue()
            try scanner.finish()
        }
    }
}
