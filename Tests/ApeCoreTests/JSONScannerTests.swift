import ApeCore
import Testing

@Suite struct JSONScannerTests {
    @Test(
        arguments: [
            ("null", nil), ("true", true), (" false ", false), ("\t\r\n 1", 1), ("0", 0), ("-0", 0), ("-0.0", -0.0),
            ("9223372036854775807", 9_223_372_036_854_775_807), ("-9223372036854775808", -9_223_372_036_854_775_808),
            ("0.1", 0.1), ("-0.25", -0.25),
            ("100.5", 100.5), ("0.0001", 0.0001), ("0.30000000000000004", .number(0.1 + 0.2)),
            ("1.7976931348623157e+308", .number(.greatestFiniteMagnitude)),
            ("5e-324", .number(.leastNonzeroMagnitude)), ("\"\"", ""),
            ("\"a\\\"b\\\\c\\/\\b\\f\\n\\r\\t\"", "a\"b\\c/\u{8}\u{c}\n\r\t"),
            ("\"\\u00e9\\u20AC\\ud83d\\ude00\"", "é€😀"), ("\"\\u0000\"", "\0"), ("\"\u{7f}é😀\"", "\u{7f}é😀"),
            ("\"\\ud83d\"", "\u{FFFD}"), ("\"\\ude00\"", "\u{FFFD}"), ("\"\\udc00\\udc00\"", "\u{FFFD}\u{FFFD}"),
            ("\"\\ud83dx\"", "\u{FFFD}x"),
            ("\"\\ud83d\\u0041\"", "\u{FFFD}A"), ("\"\\ud83d\\ud83d\\ude00\"", "\u{FFFD}😀"), ("[]", []), ("{}", [:]),
            ("[1,[2, {\"a\" :3 }],\"\"]", [1, [2, ["a": 3]], ""]), ("{\"\":{\"b\":null}}", ["": ["b": nil]]),
        ] as [(String, JSONValue)]
    )
    func reads(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
        var scanner = JSONScanner(Array(text.utf8))
        try scanner.skipValue()
        try scanner.finish()
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "18446744073709551615", "123456789012345678901234567890",
        "19.90",
        "0.1000", "1e2", "1E+2", "1.5e3", "1e400", "-1e400", "1e-400", "0.00", "0.00001", "9007199254740993.0",
        "1.7976931348623157e308", "100000000000000000.5", "1e999999999999999999999",
    ])
    func keepsEveryDigitOfANumber(text: String) throws {
        let value = try JSONValue(parsing: "[\(text)]")
        guard case .exact(let number)? = value[0] else { throw ApeError(.json, "\(value) is not exact") }
        #expect(number.text == text)
        #expect(value.text == "[\(text)]")
    }

    @Test func readsExactNumbersAsWhatIsAskedFor() throws {
        func value(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }
        #expect(try value("1e2").integer == 100 && value("1e2").number == 100)
        #expect(try value("9007199254740993.0").integer == 9_007_199_254_740_993)
        #expect(try value("-9.223372036854775808e18").integer == .min)
        #expect(try value("9223372036854775808").integer == nil)
        #expect(try value("19.90").number == 19.9 && value("19.90").integer == nil)
        #expect(try value("1e400").number == nil && value("1e400").integer == nil)
        #expect(try value("1e400").typeName == "number")
    }

    @Test func countsFromWhereTheTextStarts() throws {
        for (text, byte) in [("{", 1), ("[1,]", 3), ("\"a", 2), ("tru", 0)] {
            var scanner = JSONScanner(Array("data:\(text)\n".utf8), in: 5..<(5 + text.utf8.count))
            #expect {
                try scanner.skipValue()
            } throws: { error in
                "\(error)".contains("at byte \(byte):")
            }
        }
    }

    private static let wrong = [
        "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-", "+1", "01", "-01", "00", "1.", ".5", "1.e2", "1e",
        "1e+",
        "0x1", "1_0", "--1", "1 2", "\"", "\"\\\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
        "\"\\ud83d\\u12\"", "\"\u{1}\"", "\"\n\"", "\"\u{0}\"", "'a'", "[", "]", "[1", "[1,", "[1,]", "[,]", "[1 2]",
        "{",
        "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:2}", "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "[]]", "{}}", "// a\n1", "1 // a", "/* */1", "\u{FEFF}1", "\u{B}1", "\u{A0}1", "[1,,2]", "{,}", "nul\u{0}",
    ]

    @Test(arguments: wrong)
    func refuses(text: String) {
        #expect { try JSONValue(parsing: text) } throws: { error in
            (error as? ApeError)?.code == .json && "\(error)".hasPrefix("Not valid JSON at byte ")
        }
    }

    @Test(arguments: wrong)
    func skippingRefusesTheSame(text: String) {
        #expect(throws: ApeError.self) {
            var scanner = JSONScanner(Array(text.utf8))
            try scanner.skipValue()
            try scanner.finish()
        }
    }

    @Test func refusesAKeyThatStandsTwice() {
        for text in ["{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "[{\"b\":{\"a\":1,\"a\":1}}]"] {
            #expect { try JSONValue(parsing: text) } throws: { "\($0)".contains("the key \"a\" stands twice") }
        }
    }

    @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
    func holdsTheDepth(open: String, close: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth) + (open == "[" ? "" : "1") + String(repeating: close, count: depth)
        }
        _ = try JSONValue(parsing: nested(64))
        for depth in [65, 1_000, 200_000] {
            #expect { try JSONValue(parsing: nested(depth)) } throws: { "\($0)".contains("deeper than 64 levels") }
            #expect(throws: ApeError.self) {
                var scanner = JSONScanner(Array(nested(depth).utf8))
                try scanner.skipValue()
            }
        }
    }

    @Test func refusesStringsThatAreNotUTF8() {
        let broken: [[UInt8]] = [
            [0xC3], [0xC3, 0x28], [0xFF], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80],
        ]
        for bytes in broken {
            let quote = UInt8(ascii: "\"")
            #expect { try JSONValue(parsing: [quote] + bytes + [quote]) } throws: { "\($0)".contains("not UTF-8") }
        }
    }

    @Test func everyCutIsRefused() throws {
        let text = #"{"a":[1.5e3,-7,true,null,"x\"é\u00e9\ud83d\ude00"],"b":{"c":[],"d":{}},"e":false}"#
        let bytes = Array(text.utf8)
        _ = try JSONValue(parsing: bytes)
        for end in 0..<bytes.count {
            #expect(throws: ApeError.self) { try JSONValue(parsing: Array(bytes[..<end])) }
            #expect(throws: ApeError.self) {
                var scanner = JSONScanner(Array(bytes[..<end]))
                try scanner.skipValue()
                try scanner.finish()
            }
        }
    }

    @Test func scansOnlyItsRange() throws {
        let bytes = Array("xx{\"a\":[1,2]}yy".utf8)
        var scanner = JSONScanner(bytes, in: 2..<13)
        #expect(try scanner.takeValue() == ["a": [1, 2]])
        try scanner.finish()
        for end in 3..<13 {
            #expect(throws: ApeError.self) {
                var cut = JSONScanner(bytes, in: 2..<end)
                _ = try cut.takeValue()
            }
        }
    }

    @Test func walksWithoutBuilding() throws {
        var scanner = JSONScanner(Array(#"{"skip":{"x":[1,"\""]},"take":[10,20],"n":3}"#.utf8))
        var sum: Int64 = 0
        var keys: [String] = []
        try scanner.scanObject { key, scanner throws(ApeError) in
            keys.append(key)
            guard key == "take" else { return try scanner.skipValue() }
            try scanner.scanArray { index, scanner throws(ApeError) in
                sum += (try scanner.takeValue().integer ?? 0) * Int64(index + 1)
            }
        }
        try scanner.finish()
        #expect(keys == ["skip", "take", "n"])
        #expect(sum == 50)
    }

    @Test func errorsNameTheByte() {
        #expect { try JSONValue(parsing: "[1, x]") } throws: { error in
            "\(error)" == "Not valid JSON at byte 4: expected a value, found byte 0x78"
        }
        #expect { try JSONValue(parsing: "[1") } throws: { error in
            "\(error)" == "Not valid JSON at byte 2: expected ']', found the end"
        }
    }
}
