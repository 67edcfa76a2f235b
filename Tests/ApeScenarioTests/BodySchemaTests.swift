@testable import ApeCore
import Testing

@Suite struct BodySchemaTests {
    private func reduced(_ schema: String, components: String = "{}") throws -> BodySchema.Result {
        let text = #"{"openapi": "3.1.0", "body": \#(schema), "components": {"schemas": \#(components)}}"#
        let files = try OpenAPIFiles(
            Array(text.utf8),
            main: "x.json",
            readYAML: { _, file, _ throws(ApeError) in
                throw ApeError(.scenario, "\(file) is no JSON")
            }
        )
        let document = try OpenAPIDocument(files)
        return BodySchema.reduced(document.root["body"] ?? .null, in: document)
    }

    private func text(_ schema: String, components: String = "{}") throws -> String {
        guard case .schema(let schema) = try reduced(schema, components: components) else { return "" }
        return schema.text
    }

    @Test func keepsWhatDecodingCanUse() throws {
        let schema = """
            {"type": "object", "title": "Line", "example": {}, "description": "A line.\\nMore of it.",
             "required": ["sku", "total", "ghost"], "additionalProperties": false,
             "properties": {
               "sku": {"type": "string", "minLength": 3, "pattern": "^a", "description": "Which one."},
               "size": {"enum": ["s", "m"], "type": "string", "default": "s"},
               "kind": {"const": "line"},
               "tags": {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": 3},
               "total": {"type": "number", "readOnly": true}}}
            """
        let expected = """
            {"type":"object","properties":{"sku":{"type":"string","description":"Which one."},\
            "size":{"enum":["s","m"],"type":"string"},"kind":{"enum":["line"]},\
            "tags":{"type":"array","items":{"type":"string"}}},"required":["sku"],"description":"A line."}
            """
        #expect(try text(schema) == expected)
    }

    @Test(arguments: [
        (#"{"properties": {"a": {}}}"#, #"{"type":"object","properties":{"a":{}}}"#),
        (#"{"items": {"type": "integer"}}"#, #"{"type":"array","items":{"type":"integer"}}"#),
        (#"{"type": "array"}"#, #"{"type":"array"}"#), (#"{"type": "object"}"#, #"{"type":"object"}"#),
        (#"{"type": "string", "nullable": true}"#, #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#),
        (
            #"{"type": ["null", "integer"], "description": "n"}"#,
            #"{"anyOf":[{"type":"integer"},{"type":"null"}],"description":"n"}"#
        ),
        (#"{"type": ["string"]}"#, #"{"type":"string"}"#), (#"{"type": "null"}"#, #"{"type":"null"}"#),
        (#"{"type": "string", "enum": ["a"], "nullable": true}"#, #"{"enum":["a",null]}"#),
        (#"{"type": ["string", "null"], "enum": ["a", null]}"#, #"{"enum":["a",null]}"#),
        (
            #"{"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "string"}], "nullable": true}"#,
            #"{"anyOf":[{"type":"string"},{"type":"integer"},{"type":"null"}]}"#
        ),
        (
            #"{"properties": {"a": {"type": "string"}}, "anyOf": [{"required": ["a"]}]}"#,
            #"{"type":"object","properties":{"a":{"type":"string"}}}"#
        ),
        (#"{"properties": {"a": {"type": "file"}}}"#, #"{"type":"object","properties":{"a":{}}}"#),
        (#"{"enum": [{"a": 1}], "type": "object"}"#, #"{"type":"object"}"#),
    ])
    func saysTypesOneWay(schema: String, expected: String) throws {
        #expect(try text(schema) == expected)
    }

    @Test(arguments: ["{}", "true", "null", "[]", "7", #"{"type": "file"}"#, #"{"anyOf": [{}, {"type": "string"}]}"#])
    func saysNothingWhereNothingIsKnown(schema: String) throws {
        #expect(try reduced(schema) == .unknown)
    }

    @Test func takesInReferencesAndInheritance() throws {
        let components = """
            {"Base": {"required": ["id"], "properties": {"id": {"type": "integer"}, "note": {"type": "string"}}},
             "Money": {"type": "object", "properties": {"cents": {"$ref": "#/components/schemas/Cents"}}},
             "Cents": {"type": "integer", "description": "Whole ones."},
             "Order": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["price"], "properties": {
               "price": {"allOf": [{"$ref": "#/components/schemas/Money"}], "nullable": true, "description": "What."},
               "note": {"type": "boolean"}}}]}}
            """
        let expected = """
            {"type":"object","properties":{"id":{"type":"integer"},"note":{"type":"boolean"},\
            "price":{"anyOf":[{"type":"object","properties":{"cents":{"type":"integer","description":"Whole ones."}}},\
            {"type":"null"}],"description":"What."}},"required":["id","price"]}
            """
        #expect(try text(##"{"$ref": "#/components/schemas/Order"}"##, components: components) == expected)
        #expect(try reduced(##"{"$ref": "#/components/schemas/None"}"##, components: components) == .unknown)
        #expect(try reduced(##"{"$ref": "other.json#/x"}"##, components: components) == .unknown)
    }

    @Test func whatGoesRoundEnds() throws {
        let components = """
            {"Node": {"properties": {"name": {"type": "string"}, "next": {"$ref": "#/components/schemas/Node"},
             "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}}},
             "Loop": {"$ref": "#/components/schemas/Loop"},
             "Self": {"allOf": [{"$ref": "#/components/schemas/Self"}], "properties": {"a": {"type": "string"}}},
             "Wide": {"properties": {"a": {"allOf": [{"$ref": "#/components/schemas/Wide"}]},
             "b": {"allOf": [{"$ref": "#/components/schemas/Wide"}]}}}}
            """
        #expect(
            try text(##"{"$ref": "#/components/schemas/Node"}"##, components: components)
                == #"{"type":"object","properties":{"name":{"type":"string"},"next":{},"children":{"type":"array","items":{}}}}"#
        )
        #expect(try reduced(##"{"$ref": "#/components/schemas/Loop"}"##, components: components) == .unknown)
        #expect(
            try text(##"{"$ref": "#/components/schemas/Self"}"##, components: components)
                == #"{"type":"object","properties":{"a":{"type":"string"}}}"#
        )
        let wide = try text(##"{"$ref": "#/components/schemas/Wide"}"##, components: components)
        #expect(wide.ranges(of: "\"a\":").count == 1 + 2 + 4 + 8 + 16)
    }

    /// What is deeper than six levels may be anything; what is left fits a scenario's own limit.
    @Test func depthHasALimit() throws {
        func nested(_ levels: Int) -> String {
            (1..<levels).reduce(#"{"type": "string", "enum": ["x"]}"#) { inner, _ in
                #"{"type": "object", "properties": {"a": \#(inner)}, "required": ["a"]}"#
            }
        }
        #expect(try text(nested(6)).contains("\"enum\":[\"x\"]"))
        #expect(try text(nested(7)).contains("\"properties\":{\"a\":{}}"))
        let yaml = """
            targets: {s: {url: "http://h", endpoints: [{POST /a: {body: \(try text(nested(6)))}}]}}
            goals: {g: {script: [GET /]}}
            """
        #expect(ScenarioSamples.problems(yaml) == [])
    }

    @Test func sizeHasALimit() throws {
        func wide(_ count: Int) -> String {
            "{\"properties\": {"
                + (0..<count).map { "\"property_\($0)\": {\"type\": \"string\"}" }.joined(separator: ", ")
                + "}}"
        }
        guard case .schema = try reduced(wide(400)) else { throw ApeError(.scenario, "no schema") }
        #expect(try reduced(wide(500)) == .tooLarge)
        let components = """
            {"A": {"properties": {\((0..<50).map { "\"p\($0)\": {\"$ref\": \"#/components/schemas/B\"}" }.joined(separator: ","))}},
             "B": {"properties": {\((0..<50).map { "\"p\($0)\": {\"$ref\": \"#/components/schemas/C\"}" }.joined(separator: ","))}},
             "C": {"properties": {\((0..<50).map { "\"p\($0)\": {\"type\": \"string\"}" }.joined(separator: ","))}}}
            """
        #expect(try reduced(##"{"$ref": "#/components/schemas/A"}"##, components: components) == .tooLarge)
    }

    @Test func descriptionsAreOneShortLine() throws {
        let long = String(repeating: "ä", count: 100)
        let text = try text(#"{"type": "string", "description": "\#(long)"}"#)
        #expect(text == #"{"type":"string","description":"\#(String(repeating: "ä", count: 58))..."}"#)
    }
}
