import ApeCore
import Testing

@Suite struct JSONWriterTests {
    @Test(
        arguments: [
            (nil, "null"), (true, "true"), (0, "0"), (-9_223_372_036_854_775_808, "-9223372036854775808"), (1.5, "1.5"),
            (.number(.infinity), "null"), (.number(.nan), "null"), (1e300, "1e+300"), (-0.0, "-0.0"),
            ("a\"\\/\n\r\t\u{0}\u{1f}\u{7f}é😀\u{2028}", "\"a\\\"\\\\/\\n\\r\\t\\u0000\\u001f\\u007fé😀\u{2028}\""),
            ([1, [], [:], ["a": nil]], "[1,[],{},{\"a\":null}]"), (["b": 1, "a": 2], "{\"b\":1,\"a\":2}"),
        ] as [(JSONValue, String)]
    )
    func writes(value: JSONValue, text: String) {
        #expect(value.text == text)
        #expect(value.utf8 == Array(text.utf8))
    }

    @Test func writesForPeople() {
        let value: JSONValue = ["a": [1, 2], "b": ["c": [["d": nil]], "e": [:]], "f": []]
        let text = """
            {
              "a": [1,2],
              "b": {
                "c": [
                  {
                    "d": null
                  }
                ],
                "e": {}
              },
              "f": []
            }

            """
        #expect(value.prettyText == text)
    }

    @Test func readsBackWhatItWrites() throws {
        var random = SeededRandom(seed: 42)
        for _ in 0..<1_000 {
            let value = Self.value(&random, depth: 0)
            #expect(try JSONValue(parsing: value.utf8) == value)
            #expect(try JSONValue(parsing: value.prettyText) == value)
            #expect(!value.utf8.contains(UInt8(ascii: "\n")))
        }
    }

    private static func value(_ random: inout SeededRandom, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth < 5 ? 8 : 6), using: &random) {
        case 0: return nil
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64(truncatingIfNeeded: random.next() >> UInt64.random(in: 0..<64, using: &random)))
        case 3:
            let double = Double(bitPattern: random.next())
            return .number(double.isFinite ? double : 0.25)
        case 4, 5: return .string(text(&random))
        case 6:
            return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in value(&random, depth: depth + 1) })
        default:
            return .object(
                (0..<Int.random(in: 0..<5, using: &random)).reduce(into: JSONObject()) { object, _ in
                    object[text(&random)] = value(&random, depth: depth + 1)
                }
            )
        }
    }

    private static func text(_ random: inout SeededRandom) -> String {
        let scalars = (0..<Int.random(in: 0..<12, using: &random)).compactMap { _ in
            UnicodeScalar(UInt32.random(in: 0..<(Bool.random(using: &random) ? 0x80 : 0x11_0000), using: &random))
        }
        return String(String.UnicodeScalarView(scalars))
    }
}

@Suite struct JSONValueTests {
    @Test func tellsItsParts() {
        let value: JSONValue = ["a": [1, 2.0, 2.5], "b": "x", "c": true]
        #expect(value["a"]?[1]?.integer == 2)
        #expect(value["a"]?[2]?.integer == nil)
        #expect(value["a"]?[0]?.number == 1)
        #expect(value["a"]?[3] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["b"]?.string == "x")
        #expect(value["b"]?["a"] == nil)
        #expect(value["c"]?.bool == true)
        #expect(value["d"] == nil)
        #expect(JSONValue.number(9223372036854775808.0).integer == nil)
        let all: [JSONValue] = [nil, true, 1, 1.5, "", [], [:]]
        #expect(all.map(\.typeName) == ["null", "boolean", "integer", "number", "string", "array", "object"])
    }

    @Test func anObjectKeepsItsOrder() {
        var object: JSONObject = ["b": 1, "a": 2]
        object["c"] = 3
        object["b"] = 4
        #expect(object.keys == ["b", "a", "c"])
        object["a"] = nil
        #expect(object.map(\.key) == ["b", "c"])
        #expect(object[1].value == 3)
    }
}
