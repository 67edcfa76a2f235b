import ApeCore
import ApeScenario
import Testing

/// How parameters, examples and what narrows values are told.
@Suite struct OpenAPIParameterTests {
    private func summary(_ operation: String, item: String = "", path: String = "/a/{id}") throws -> String {
        let document = """
            openapi: 3.1.0
            paths: {"\(path)": {\(item) post: \(operation)}}
            components:
              schemas:
                Pet: {required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind,
                  mapping: {cat: Cat, dog: "#/components/schemas/Dog"}}}
                Cat: {allOf: [{$ref: "#/components/schemas/Pet"}], properties: {lives: {type: integer}}}
                Dog: {allOf: [{$ref: "#/components/schemas/Pet"}], properties: {bark: {type: boolean}}}
                Tree: {properties: {name: {type: string}, kids: {type: array, items: {$ref: "#/components/schemas/Tree"}}}}
            """
        let endpoints = try Scenario.endpoints(ofOpenAPI: Array(document.utf8), file: "x.yaml", url: "http://h")
        return try #require(endpoints.first).summary
    }

    @Test(arguments: [
        ("{name: q, in: query, schema: {type: string}}", "Query: q?."),
        ("{name: n, in: query, schema: {type: integer, default: 20, minimum: 1}}", "Query: n? (integer, default 20)."),
        (
            "{name: s, in: query, schema: {type: string, enum: [asc, desc], default: asc}}",
            "Query: s? (asc | desc, default asc)."
        ),
        ("{name: s, in: query, required: true, schema: {const: x}}", "Query: s (always x)."),
        ("{name: s, in: query, example: red, schema: {}}", "Query: s? (such as red)."),
        ("{name: s, in: query, examples: {a: {value: 7}}, schema: {type: number}}", "Query: s? (number, such as 7)."),
        (
            "{name: s, in: query, schema: {type: string, format: date, examples: [2024-01-02]}}",
            "Query: s? (date, such as 2024-01-02)."
        ),
        (
            "{name: t, in: query, schema: {type: array, items: {type: integer}}}",
            "Query: t? (list of integer, repeated)."
        ),
        ("{name: t, in: query, explode: false, schema: {type: array}}", "Query: t? (list, with commas between)."),
        ("{name: t, in: query, style: pipeDelimited, schema: {type: array}}", "Query: t? (list, with | between)."),
        (
            "{name: f, in: query, style: deepObject, schema: {properties: {a: {type: string}}}}",
            "Query: f? ({a?}, as f[key]=value)."
        ),
        ("{name: f, in: query, schema: {type: object}}", "Query: f? (object, each key a parameter)."),
        (
            "{name: f, in: query, content: {application/json: {schema: {type: object}}}}",
            "Query: f? (object, as application/json)."
        ),
        ("{name: X-A, in: header, required: true, schema: {type: string}}", "Headers: X-A."),
        ("{name: authorization, in: header, schema: {type: string}}", ""),
        ("{name: sid, in: cookie, required: true, schema: {type: string}}", "Cookies: sid."),
        ("{name: id, in: path, required: true, schema: {type: integer}, example: 7}", ""),
        ("{name: id, in: path, required: true, schema: {enum: [pdf, png]}}", "Path: id (pdf | png)."),
        ("{name: q, in: query, schema: {type: [integer, string, 'null']}}", "Query: q? (integer or string)."),
        (
            "{name: q, in: query, schema: {anyOf: [{type: integer}, {enum: [all]}, {type: 'null'}]}}",
            "Query: q? (integer or always all)."
        ),
    ])
    func parameters(parameter: String, says: String) throws {
        #expect(try summary("{parameters: [\(parameter)]}") == says)
    }

    @Test func anOperationsParameterIsAboveItsPaths() throws {
        let item =
            "parameters: [{name: q, in: query, schema: {type: integer}}, {name: q, in: header, schema: {}}, "
            + "{name: z, in: query, schema: {}}],"
        let operation = "{parameters: [{name: q, in: query, required: true, schema: {type: boolean}}]}"
        #expect(try summary(operation, item: item) == "Query: q (boolean), z?. Headers: q?.")
    }

    @Test(arguments: [
        (
            "{$ref: '#/components/schemas/Pet'}",
            "Body: kind, lives? (integer); or kind, bark? (boolean) (kind says which: cat, dog)."
        ),
        ("{$ref: '#/components/schemas/Cat'}", "Body: kind, lives? (integer)."),
        ("{$ref: '#/components/schemas/Tree'}", "Body: name?, kids? (list of {name?, kids? (list of object)})."),
        (
            "{properties: {data: {required: [type], properties: {type: {const: articles}, attributes: {properties: {title: {}}}}}}}",
            "Body: data? ({type (always articles), attributes? ({title?})})."
        ),
        (
            "{properties: {f: {type: string, format: binary}, g: {type: array, items: {type: string, format: binary}}}}",
            "Body: f? (file), g? (list of file)."
        ),
        (
            "{properties: {e: {enum: [1, 2, null]}, d: {type: boolean, default: false}}}",
            "Body: e? (1 | 2), d? (boolean, default false)."
        ),
        ("{properties: {a: {type: string}}, example: {a: b}}", "Body: a?. Such as {\"a\":\"b\"}."),
    ])
    func bodies(schema: String, says: String) throws {
        #expect(try summary("{requestBody: {content: {application/json: {schema: \(schema)}}}}") == says)
    }

    @Test(arguments: [
        ("example: {a: 1}", "Such as {\"a\":1}."), ("examples: {x: {value: [1, 2]}}", "Such as [1,2]."),
        ("examples: {x: {externalValue: \"http://h\"}}", ""),
        ("example: \(String(repeating: "x", count: 300))", ""),
    ])
    func examplesOfBodies(example: String, says: String) throws {
        let said = try summary("{requestBody: {content: {application/json: {\(example), schema: {type: object}}}}}")
        #expect(said == "Body: an object." + (says.isEmpty ? "" : " " + says))
    }

    @Test func manyFieldsTellTheRequiredOnesFirst() throws {
        let properties = (0..<50).map { "p\($0): {type: string}" }.joined(separator: ", ")
        let schema = "{required: [p48, p49], properties: {\(properties)}}"
        let said = try summary("{requestBody: {content: {application/json: {schema: \(schema)}}}}")
        #expect(said.hasPrefix("Body: p48, p49, p0?, p1?, ") && said.hasSuffix("p37?, ..."))
    }
}

/// Swagger 2.0, in which bodies and forms are parameters.
@Suite struct SwaggerTests {
    private func endpoint(_ operation: String) throws -> Scenario.Endpoint {
        let document = """
            swagger: "2.0"
            consumes: [application/json]
            paths: {/a: {post: \(operation)}}
            definitions: {Line: {type: object, required: [sku], properties: {sku: {type: string}, n: {type: integer}}}}
            parameters: {page: {name: page, in: query, type: integer, default: 1}}
            """
        let endpoints = try Scenario.endpoints(ofOpenAPI: Array(document.utf8), file: "x.yaml", url: "http://h")
        return try #require(endpoints.first)
    }

    @Test(arguments: [
        ("parameters: [{name: b, in: body, schema: {$ref: '#/definitions/Line'}}]", "Body: sku, n? (integer)."),
        ("parameters: [{$ref: '#/parameters/page'}]", "Query: page? (integer, default 1)."),
        (
            "parameters: [{name: t, in: query, type: array, items: {type: string}, collectionFormat: multi}]",
            "Query: t? (list of string, repeated)."
        ),
        ("parameters: [{name: t, in: query, type: array}]", "Query: t? (list, with commas between)."),
        (
            "parameters: [{name: u, in: formData, required: true, type: string}, {name: n, in: formData, type: integer}]",
            "Body as a form: u, n? (integer)."
        ),
        (
            "parameters: [{name: f, in: formData, type: file}]",
            "Body as a multipart form: f? (file); a file is {content, filename}."
        ),
        (
            "consumes: [application/xml, application/vnd.x+json], parameters: [{name: b, in: body, schema: {type: string}}]",
            "Body as application/vnd.x+json: a string."
        ),
    ])
    func parameters(operation: String, says: String) throws {
        #expect(try endpoint("{\(operation)}").summary == says)
    }

    @Test func aBodyHasItsSchema() throws {
        let body = try endpoint("{parameters: [{name: b, in: body, schema: {$ref: '#/definitions/Line'}}]}").body
        #expect(
            body == [
                "type": "object", "properties": ["sku": ["type": "string"], "n": ["type": "integer"]],
                "required": ["sku"],
            ]
        )
    }
}
