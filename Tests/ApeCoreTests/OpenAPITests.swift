@testable import ApeCore
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
            options: {summary: not a method of agents}
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
                "some/where/api/shop.yaml is read without what it lists: the path `/odd path` cannot be read: "
                    + "it holds a space",
                "some/where/api/shop.yaml is read without 1 operation of methods other than GET, POST, PUT, PATCH, DELETE",
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

    @Test func warnsOfAPathThatTheURLLacks() throws {
        let warnings = try read(Self.shop, url: "http://h").warnings.prefix(1).map(\.description)
        let place = "some/where/x.yml:1:41: targets.s.openapi: "
        #expect(
            warnings == [
                place + "the paths of some/where/api/shop.yaml come after /base, which `url` does not end with"
            ]
        )
    }

    @Test(arguments: [
        ("", "the file is empty"), ("a: b", "is no OpenAPI 3 document: `openapi: 3.x` is missing"),
        ("swagger: '2.0'", "Swagger 2.0 is not read: convert it to 3"), ("openapi: 3.0.0", "lists no paths"),
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
                "/loop: its $ref leads nowhere", "GET /c, which is no map", "POST /c, which is no map",
                "PUT /c, which is no map",
            ]
        )
    }

    @Test func saysWhatIsLeftOut() throws {
        let document = """
            openapi: 3.1.0
            servers: [{url: "{scheme}://example.com/{base}", variables: {scheme: {default: https}, base: {default: v3}}}]
            paths:
              /compare/{base}...{head}: {get: {}}
              /users/{id}: {get: {summary: User}, head: {}, trace: {}, x-more: {}}
              /people/{id}: {$ref: "#/paths/~1users~1%7Bid%7D"}
              /orders: {$ref: ./paths/orders.json}
              /search?type=book: {get: {}}
              no/slash: {get: {}}
              x-note: {get: {}}
            """
        let read = try read(document)
        #expect(
            read.scenario.targets[0].endpoints.map { "\($0.path) \($0.summary)" } == [
                "/compare/{base}...{head} ", "/users/{id} User.", "/people/{id} User.",
            ]
        )
        #expect(
            read.warnings.map { $0.message.replacing("some/where/api/shop.yaml ", with: "") } == [
                "the paths of come after /v3, which `url` does not end with",
                "is read without /orders: its $ref leads to another file; bundle them into one document first",
                "is read without what it lists: the path `/search?type=book` cannot be read: "
                    + "a pattern has no query; leave out what follows ?",
                "is read without what it lists: the path `no/slash` cannot be read: it starts with /",
                "is read without 4 operations of methods other than GET, POST, PUT, PATCH, DELETE",
            ]
        )
    }

    @Test func whatIsLeftOutIsToldInBounds() throws {
        let paths = (0..<30).map { "  /a?\($0): {get: {}}" }
        let warnings = try read("openapi: 3.0.0\npaths:\n" + paths.joined(separator: "\n")).warnings
        #expect(warnings.count == 21)
        #expect(warnings.last?.message == "some/where/api/shop.yaml is read without 10 more")
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
        #expect(read.warnings.map(\.message).first?.contains("131072 bytes of bodies' schemas, not ") == true)
        #expect(try Scenario(document: read.scenario.wireDocument()) == read.scenario)
    }

    @Test func longDocumentsAreCut() throws {
        let paths = (0..<600).map { "  /p\($0): {get: {summary: \"\(String(repeating: "ä", count: 700))\"}}" }
        let read = try read("openapi: 3.0.0\npaths:\n" + paths.joined(separator: "\n"))
        let endpoints = read.scenario.targets[0].endpoints
        #expect(endpoints.count == 500)
        #expect(endpoints.allSatisfy { $0.summary.utf8.count <= 1024 && $0.summary.hasSuffix("...") })
        #expect(read.warnings.map(\.message) == ["600 endpoints: the first 500 are kept"])
    }
}
