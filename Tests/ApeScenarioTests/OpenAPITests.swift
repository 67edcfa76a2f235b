@testable import ApeCore
import ApeScenario
import Testing

@Suite struct OpenAPITests {
    private static let shop = """
        openapi: 3.0.3
        servers: [{url: "https://shop.example.com/base/"}]
        paths:
          /api/products:
            parameters:
              - {$ref: "#/components/parameters/lang"}
            get:
              summary: List products
              parameters:
                - {name: category, in: query, schema: {type: string}}
                - {name: limit, in: query, required: true, schema: {$ref: "#/components/schemas/Limit"}}
                - {name: X-Trace, in: header, schema: {type: string}}
            trace: {summary: not a method of agents}
          /api/cart/items:
            post:
              description: |
                Put a product into the cart.
                More lines.
              requestBody: {$ref: "#/components/requestBodies/line"}
          /api/orders/{id}:
            get: {operationId: readOrder}
            delete: {}
          /odd path: {get: {}}
        components:
          parameters:
            lang: {name: lang, in: query, schema: {type: string}}
          schemas:
            Limit: {type: integer}
            Base:
              required: [product_id]
              properties: {product_id: {type: string}, total: {type: number, readOnly: true}}
            Line:
              allOf: [{$ref: "#/components/schemas/Base"}]
              properties: {quantity: {type: integer}}
          requestBodies:
            line:
              content: {application/json; charset=utf-8: {schema: {$ref: "#/components/schemas/Line"}}}
        """

    private func read(_ document: String, more: String = "", url: String = "http://h/base") throws -> ReadScenario {
        let yaml = """
            targets: {s: {url: "\(url)", openapi: api/shop.yaml\(more)}}
            goals: {g: {script: [GET /]}}
            """
        return try Scenario.read(Array(yaml.utf8), file: "some/where/x.yml") { path in
            guard path == "some/where/api/shop.yaml" else { throw ApeError(.file, "looked for \(path)") }
            return Array(document.utf8)
        }
    }

    private func refusal(_ document: String) -> String {
        do {
            _ = try read(document)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func eachOperationBecomesALine() throws {
        let read = try read(Self.shop)
        let lines = read.scenario.targets[0].endpoints.map { "\($0.method) \($0.path): \($0.summary)" }
        #expect(
            lines == [
                "GET /api/products: List products. Query: lang?, category?, limit (integer). Headers: X-Trace?.",
                "POST /api/cart/items: Put a product into the cart. Body: product_id, quantity? (integer).",
                "GET /api/orders/{id}: readOrder.",
                "DELETE /api/orders/{id}: ",
            ]
        )
        #expect(
            read.warnings.map(\.message) == [
                "2 of 6 operations of some/where/api/shop.yaml left out",
                "some/where/api/shop.yaml is read without TRACE /api/products: agents do not send TRACE",
                "some/where/api/shop.yaml is read without GET /odd path: the path `/odd path` cannot be read: "
                    + "it holds a space",
            ]
        )
        #expect(
            read.scenario.targets[0].endpoints[1].body?.text
                == #"{"type":"object","properties":{"product_id":{"type":"string"},"quantity":{"type":"integer"}},"#
                + #""required":["product_id"]}"#
        )
        #expect(try Scenario(document: read.scenario.document) == read.scenario)
    }

    @Test func readsJSONToo() throws {
        let json = #"{"openapi":"3.1.0","paths":{"/a":{"get":{"summary":"A."}}}}"#
        #expect(try read(json).scenario.targets[0].endpoints == [.init(method: "GET", path: "/a", summary: "A.")])
    }

    @Test func theScenariosOwnEndpointsWin() throws {
        let endpoints = try read(Self.shop, more: ", endpoints: [\"GET /api/orders/{id}: Mine\", GET /new]")
            .scenario.targets[0].endpoints
        #expect(endpoints.map(\.path).last == "/new")
        #expect(endpoints.count == 5)
        #expect(endpoints[2].summary == "Mine")
    }

    @Test(arguments: [
        ("", "the file is empty"), ("a: b", "is no OpenAPI 3 document: `openapi: 3.x` is missing"),
        ("swagger: '1.2'", "of Swagger only 2.0 is read; convert it to OpenAPI 3"), ("swagger: 2.0", "lists no paths"),
        ("openapi: 3.0.0", "lists no paths"),
        ("openapi: 3.0.0\npaths: {}", "lists no paths"), ("{\"openapi\":", "Not valid JSON at byte 11"),
        ("openapi: [", "not valid YAML"), ("[1]", "is no OpenAPI 3 document"),
    ])
    func refuses(document: String, says: String) {
        let refusal = refusal(document)
        #expect(refusal.contains(says) && refusal.hasPrefix("some/where/x.yml:1:"), "\(refusal)")
        #expect(refusal.contains("some/where/api/shop.yaml"))
    }

    @Test func aSchemaMayReferToItself() throws {
        let all = Array(repeating: "{$ref: '#/components/schemas/A'}", count: 20).joined(separator: ", ")
        let document = """
            openapi: 3.0.0
            paths:
              /loop: {$ref: "#/paths/~1loop"}
              /a: {post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/A"}}}}}}
              /b: {get: {parameters: [{$ref: "elsewhere.json#/x"}, 7, {in: query}]}}
              /c: {get: [], post: text, put: 1}
            components: {schemas: {A: {properties: {x: {}}, allOf: [\(all)]}}}
            """
        let read = try read(document)
        let endpoints = read.scenario.targets[0].endpoints
        #expect(endpoints.map(\.path) == ["/a", "/b"])
        #expect(endpoints[0].summary == "Body: x?.")
        #expect(
            read.warnings.map { $0.message.replacing("some/where/api/shop.yaml is read without ", with: "") } == [
                "4 of 6 operations of some/where/api/shop.yaml left out",
                "/loop: its $ref #/paths/~1loop leads round in a circle", "GET /c: it is no map",
                "POST /c: it is no map",
                "PUT /c: it is no map",
                "what is at some/where/api/elsewhere.json#/x, which cannot be read: looked for some/where/api/elsewhere.json",
            ]
        )
    }

    @Test func schemasHaveALimitInAll() throws {
        let properties = (0..<400).map { "property_\($0): {type: string}" }.joined(separator: ", ")
        let paths = (0..<20).map {
            "  /p\($0): {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}"
        }
        let document =
            "openapi: 3.0.0\npaths:\n" + paths.joined(separator: "\n")
            + "\ncomponents: {schemas: {A: {properties: {\(properties)}}}}"
        let read = try read(document)
        let bodies = read.scenario.targets[0].endpoints.compactMap(\.body)
        #expect(bodies.count == 9)
        #expect(bodies.reduce(0) { $0 + $1.utf8.count } <= 131_072)
        #expect(
            read.warnings.map(\.message) == [
                "some/where/api/shop.yaml is read without the schemas of the bodies of 11 operations: "
                    + "at most 131072 bytes of them are kept"
            ]
        )
        #expect(try Scenario(document: read.scenario.wireDocument()) == read.scenario)
    }

    @Test func schemasThatMultiplyEnd() throws {
        let choice =
            "{anyOf: [\(Array(repeating: "{$ref: '#/components/schemas/A'}", count: 8).joined(separator: ", "))]}"
        let properties = (0..<300).map { "p\($0): \(choice)" }.joined(separator: ", ")
        let document = """
            openapi: 3.0.0
            paths: {/a: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}
            components: {schemas: {A: {properties: {\(properties)}}}}
            """
        let read = try read(document)
        #expect(read.scenario.targets[0].endpoints[0].summary.hasPrefix("Body: p0? ({p0? "))
        #expect(
            read.warnings.map(\.message).last
                == "some/where/api/shop.yaml is read without all fields of 1 operation: at most 5000 schemas are "
                + "looked at for one"
        )
    }

    @Test func longDocumentsAreCut() throws {
        let paths = (0..<2100).map { "  /p\($0): {get: {summary: \"\(String(repeating: "ä", count: 700))\"}}" }
        let read = try read("openapi: 3.0.0\npaths:\n" + paths.joined(separator: "\n"))
        let endpoints = read.scenario.targets[0].endpoints
        #expect(endpoints.count == 2000)
        #expect(endpoints.prefix(448).allSatisfy { $0.summary.utf8.count == 1023 && $0.summary.hasSuffix("...") })
        #expect(endpoints.dropFirst(448).allSatisfy { $0.summary.utf8.count == 79 && $0.summary.hasSuffix("...") })
        #expect(read.leftOut["s"]?.count == 100)
        #expect(read.leftOut["s"]?.first?.description == "GET /p2000: at most 2000 are read")
        #expect(
            read.warnings.last?.message
                == "some/where/api/shop.yaml is read with the summaries of 1552 operations cut to "
                + "titles: at most 458752 bytes of them are kept"
        )
        #expect(try Scenario(document: read.scenario.wireDocument()) == read.scenario)
    }
}
