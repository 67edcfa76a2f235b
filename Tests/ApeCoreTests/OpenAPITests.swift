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
        #expect(read.warnings.isEmpty)
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
        let warnings = try read(Self.shop, url: "http://h").warnings.map(\.description)
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
        let endpoints = try read(document).scenario.targets[0].endpoints
        #expect(endpoints.map(\.path) == ["/a", "/b"])
        #expect(endpoints[0].summary.hasSuffix("x?, ..."))
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
