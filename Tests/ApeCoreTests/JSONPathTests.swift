import ApeCore
import Testing

@Suite struct JSONPathTests {
    private let document: JSONValue = [
        "status": "confirmed", "items": [["sku": "a", "n": 1], ["sku": "b"], 3], "x y": ["it's": true], "": "empty",
        "größe": 1, "none": nil,
    ]

    @Test(
        arguments: [
            ("$.status", ["confirmed"]), ("$['status']", ["confirmed"]), ("$[\"status\"]", ["confirmed"]),
            ("$.items[0].sku", ["a"]), ("$.items[-1]", [3]), ("$.items[-3].n", [1]), ("$.items[*].sku", ["a", "b"]),
            ("$.items.*.sku", ["a", "b"]), ("$['x y']['it\\'s']", [true]), ("$['x y'].*", [true]), ("$['']", ["empty"]),
            ("$.größe", [1]), ("$.none", [nil]), ("$.missing", []), ("$.items[3]", []), ("$.items[-4]", []),
            ("$.status[0]", []), ("$.items.sku", []), ("$[0]", []), ("$.status.*", []),
        ] as [(String, [JSONValue])]
    )
    func finds(path: String, values: [JSONValue]) throws {
        let path = try JSONPath(path)
        #expect(path.values(in: document) == values)
        #expect(path.first(in: document) == values.first)
    }

    @Test func theRootIsThePathItself() throws {
        #expect(try JSONPath("$").values(in: document) == [document])
    }

    @Test(arguments: [
        "", "status", ".status", "$status", "$.", "$..a", "$.a.", "$[", "$[0", "$[]", "$[a]", "$[+1]", "$[1.5]",
        "$['a]",
        "$['a'", "$['a'x]", "$.a b", "$[?(@.a)]", "$[0:2]", "$[99999999999999999999]", "$.a*", "$ .a", "$['a\\",
        "$" + String(repeating: ".a", count: 33),
    ])
    func refuses(path: String) {
        #expect { try JSONPath(path) } throws: { error in
            (error as? ApeError)?.code == .scenario && "\(error)".contains("JSON path")
        }
    }
}
