import ApeCore
import Testing

@Suite struct StrictSchemaTests {
    private func strict(_ text: String) throws -> JSONValue? {
        StrictSchema.strict(try JSONValue(parsing: Array(text.utf8)))
    }

    private func holding(_ property: String) -> String {
        #"{"type": "object", "properties": {"a": \#(property)}, "required": ["a"]}"#
    }

    @Test func closesObjectsAndRequiresAll() throws {
        let schema = """
            {"type": "object", "title": "Line", "$schema": "x", "description": "A line.", "required": ["sku"],
             "properties": {
               "sku": {"type": "string", "minLength": 3, "description": "Which one."},
               "quantity": {"type": "integer", "minimum": 1},
               "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3}}}
            """
        let expected = """
            {"type":"object","properties":{"sku":{"type":"string","description":"Which one."},\
            "quantity":{"anyOf":[{"type":"integer"},{"type":"null"}]},\
            "tags":{"anyOf":[{"type":"array","items":{"type":"string"}},{"type":"null"}]}},\
            "required":["sku","quantity","tags"],"additionalProperties":false,"description":"A line."}
            """
        #expect(try strict(schema)?.text == expected)
    }

    @Test func aStrictSchemaStaysWhatItIs() throws {
        let once = try #require(try strict(#"{"properties": {"a": {"type": ["string", "null"]}, "b": {"const": 1}}}"#))
        #expect(StrictSchema.strict(once) == once)
    }

    @Test(arguments: [
        (#"{"enum": ["a", "b"]}"#, #"{"type":"string","enum":["a","b"]}"#),
        (#"{"type": "string", "enum": ["a", null]}"#, #"{"anyOf":[{"type":"string","enum":["a"]},{"type":"null"}]}"#),
        (#"{"const": 7}"#, #"{"type":"integer","enum":[7]}"#),
        (#"{"type": ["integer", "null"]}"#, #"{"anyOf":[{"type":"integer"},{"type":"null"}]}"#),
        (#"{"type": ["string"]}"#, #"{"type":"string"}"#),
        (
            #"{"oneOf": [{"type": "string"}, {"type": "number"}], "description": "Either."}"#,
            #"{"anyOf":[{"type":"string"},{"type":"number"}],"description":"Either."}"#
        ),
        (#"{"anyOf": [{"type": "string"}, {"type": "string", "format": "date"}]}"#, #"{"type":"string"}"#),
        (#"{"items": {"type": "boolean"}}"#, #"{"type":"array","items":{"type":"boolean"}}"#),
        (#"{"type": "null"}"#, #"{"type":"null"}"#),
        (
            #"{"properties": {"b": {"type": "null"}}, "additionalProperties": true}"#,
            #"{"type":"object","properties":{"b":{"type":"null"}},"required":["b"],"additionalProperties":false}"#
        ),
        (
            #"{"properties": {"b": {"enum": [1, null]}}}"#,
            #"{"type":"object","properties":{"b":{"anyOf":[{"type":"integer","enum":[1]},{"type":"null"}]}},"#
                + #""required":["b"],"additionalProperties":false}"#
        ),
    ])
    func keepsWhatIsSafe(property: String, expected: String) throws {
        #expect(try strict(holding(property))?["properties"]?["a"]?.text == expected)
    }

    @Test(arguments: [
        "{}", "true", "null", #"{"type": "object"}"#, #"{"type": "object", "properties": {}}"#, #"{"type": "array"}"#,
        #"{"type": "array", "items": {}}"#, #"{"type": "file"}"#, #"{"type": 7}"#, #"{"type": []}"#, #"{"enum": []}"#,
        #"{"enum": [["a"]]}"#, #"{"const": {"a": 1}}"#, #"{"anyOf": []}"#, #"{"anyOf": [{"type": "string"}, {}]}"#,
        ##"{"$ref": "#/x"}"##, #"{"allOf": [{"type": "string"}]}"#,
        #"{"properties": {"b": {"type": "string"}}, "additionalProperties": {"type": "string"}}"#,
        #"{"properties": {"b": {"type": "string"}}, "patternProperties": {"^x": {}}}"#,
        #"{"properties": {"b": {"type": "string"}}, "required": ["c"]}"#,
        #"{"properties": {"b": {"type": "string"}, "c": {"description": "any"}}}"#,
    ])
    func refusesWhatDecodingCannotHold(property: String) throws {
        #expect(try strict(holding(property)) == nil)
    }

    @Test(arguments: [
        "{}", "7", #"{"type": "string"}"#, #"{"type": "array", "items": {"type": "string"}}"#,
        #"{"anyOf": [{"properties": {"a": {"type": "string"}}}]}"#,
        #"{"properties": {"a": {"type": "string"}}, "oneOf": [{"required": ["a"]}]}"#,
    ])
    func theRootIsAnObject(schema: String) throws {
        #expect(try strict(schema) == nil)
    }

    @Test func depthHasALimit() throws {
        func nested(_ levels: Int) -> String {
            (1..<levels).reduce(holding(#"{"type": "string"}"#)) { inner, _ in holding(inner) }
        }
        #expect(try strict(nested(5)) != nil)
        #expect(try strict(nested(6)) == nil)
    }

    @Test func sizeHasALimit() throws {
        func wide(_ count: Int) -> String {
            "{\"properties\": {"
                + (0..<count).map { "\"p\($0)\": {\"type\": \"string\"}" }.joined(separator: ", ") + "}}"
        }
        #expect(try strict(wide(100)) != nil)
        #expect(try strict(wide(101)) == nil)
        #expect(try strict(#"{"properties": {"a": \#(wide(50)), "b": \#(wide(49))}}"#) == nil)
        let values = (0...500).map(String.init)
        #expect(try strict(holding("{\"enum\": [\(values.dropLast().joined(separator: ","))]}")) != nil)
        #expect(try strict(holding("{\"enum\": [\(values.joined(separator: ","))]}")) == nil)
    }
}
