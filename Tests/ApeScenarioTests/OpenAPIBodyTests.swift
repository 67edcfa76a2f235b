import ApeCore
import ApeScenario
import Testing

/// How bodies are told that are more than fields of a JSON object.
@Suite struct OpenAPIBodyTests {
    private func endpoint(_ content: String) throws -> Scenario.Endpoint {
        let document = """
            openapi: 3.1.0
            paths: {/a: {post: {summary: Do it, requestBody: {content: \(content)}}}}
            components:
              schemas:
                Card: {type: object, required: [card], properties: {card: {type: string}, cvc: {type: integer}}}
                Iban: {type: object, required: [iban], properties: {iban: {type: string}}}
            """
        let endpoints = try Scenario.endpoints(ofOpenAPI: Array(document.utf8), file: "x.yaml", url: "http://h")
        return try #require(endpoints.first)
    }

    private static let login =
        "{type: object, required: [username], properties: {username: {type: string}, n: {type: integer}}}"

    @Test(arguments: [
        ("{application/x-www-form-urlencoded: {schema: \(login)}}", "Body as a form: username, n? (integer)."),
        ("{multipart/form-data: {schema: \(login)}}", "Body as a multipart form: username, n? (integer)."),
        ("{application/vnd.api+json: {schema: \(login)}}", "Body as application/vnd.api+json: username, n? (integer)."),
        ("{\"*/*\": {schema: \(login)}}", "Body: username, n? (integer)."),
        ("{text/plain: {schema: {type: string}}}", "Body as text/plain: a string."),
        ("{application/octet-stream: {}}", "Body as application/octet-stream."),
        (
            "{multipart/form-data: {schema: {}}, Application/JSON; charset=utf-8: {schema: \(login)}, text/plain: {}}",
            "Body: username, n? (integer)."
        ),
    ])
    func saysHowItIsSent(content: String, says: String) throws {
        #expect(try endpoint(content).summary == "Do it. " + says)
    }

    @Test(arguments: [
        (
            "{oneOf: [{$ref: '#/components/schemas/Card'}, {$ref: '#/components/schemas/Iban'}]}",
            "Body: card, cvc? (integer); or iban."
        ),
        ("{anyOf: [{$ref: '#/components/schemas/Iban'}, {type: 'null'}]}", "Body: iban; or null."),
        (
            "{properties: {sum: {type: number}}, oneOf: [{$ref: '#/components/schemas/Iban'}, {properties: {x: {}}}]}",
            "Body: sum? (number); and iban; or x?."
        ),
        (
            "{allOf: [{$ref: '#/components/schemas/Iban'}], properties: {iban: {type: integer}}}",
            "Body: iban (integer)."
        ),
        ("{type: array, items: {$ref: '#/components/schemas/Card'}}", "Body: a list of {card, cvc? (integer)}."),
        ("{type: array, items: {type: string}}", "Body: a list of a string."), ("{type: array}", "Body: a list."),
        ("{type: integer}", "Body: an integer."), ("{type: string, enum: [on, off]}", "Body: on | off."),
        ("{type: [string, 'null']}", "Body: a string; or null."),
        ("{type: object}", "Body: an object."), ("{}", "Body."),
        ("{type: object, additionalProperties: {type: integer}}", "Body: any keys (integer)."),
        ("{additionalProperties: true}", "Body: any keys."),
        ("{properties: {a: {}}, additionalProperties: {}}", "Body: a?, any more keys."),
        ("{properties: {a: {anyOf: [{type: number}, {type: 'null'}]}}}", "Body: a? (number)."),
    ])
    func saysWhatItIs(schema: String, says: String) throws {
        #expect(try endpoint("{application/json: {schema: \(schema)}}").summary == "Do it. " + says)
    }

    @Test func bodiesOfJSONAndFormsHaveASchema() throws {
        let schema: JSONValue = [
            "type": "object", "properties": ["username": ["type": "string"], "n": ["type": "integer"]],
            "required": ["username"],
        ]
        for type in ["application/json", "'*/*'"] {
            let endpoint = try endpoint("{\(type): {schema: \(Self.login)}}")
            #expect(endpoint.body == schema)
            #expect(endpoint.bodyType == nil)
        }
        for type in ["application/problem+json", "application/x-www-form-urlencoded", "multipart/form-data"] {
            let endpoint = try endpoint("{\(type): {schema: \(Self.login)}}")
            #expect(endpoint.body == schema)
            #expect(endpoint.bodyType == type)
        }
        #expect(try endpoint("{application/xml: {schema: \(Self.login)}}").body == ["type": "string"])
        #expect(try endpoint("{application/xml: {schema: \(Self.login)}}").bodyType == "application/xml")
        #expect(try endpoint("{'text/*': {schema: {type: string}}}").bodyType == nil)
        #expect(try endpoint("{application/json: {}}").body == nil)
    }

    @Test func aFileOfAMultipartFormIsItsContentAndName() throws {
        let schema = "{type: object, properties: {title: {type: string}, file: {type: string, format: binary}}}"
        let endpoint = try endpoint("{multipart/form-data: {schema: \(schema)}}")
        #expect(
            endpoint.summary == "Do it. Body as a multipart form: title?, file? (file); a file is {content, filename}."
        )
        #expect(
            endpoint.body?["properties"]?["file"]
                == [
                    "type": "object", "properties": ["content": ["type": "string"], "filename": ["type": "string"]],
                    "required": ["content", "filename"],
                ]
        )
    }
}
