import ApeCore
import ApeScenario
import Testing

/// References: within the document, with escapes, to other files, and what is refused.
@Suite struct OpenAPIFilesTests {
    /// Reads `some/where/api/main.yaml` for a scenario in `some/where`.
    private func read(_ files: [String: String]) throws -> ReadScenario {
        let yaml = """
            targets: {s: {url: "http://h", openapi: api/main.yaml}}
            goals: {g: {script: [GET /]}}
            """
        return try Scenario.read(Array(yaml.utf8), file: "some/where/x.yml") { path in
            guard let text = files[path] else { throw ApeError(.file, "no \(path)") }
            return Array(text.utf8)
        }
    }

    private func lines(_ read: ReadScenario) -> [String] {
        read.scenario.targets[0].endpoints.map { "\($0.method) \($0.path) \($0.summary)" }
    }

    private func warnings(_ read: ReadScenario) -> [String] {
        read.warnings.map { $0.message.replacing("some/where/api/main.yaml is read without ", with: "") }
    }

    @Test func escapesAreRead() throws {
        let main = """
            openapi: 3.0.3
            paths:
              /a~b/{id}: {get: {summary: Tilde}}
              /x: {$ref: "#/paths/~1a~0b~1%7Bid%7D"}
              /y: {$ref: "#/paths/~1a~0b~1{id}"}
              /z: {post: {requestBody: {$ref: "#/components/requestBodies/my%20body"}}}
              /w: {get: {parameters: [{$ref: "#/paths/~1p/get/parameters/0"}]}}
              /p: {get: {parameters: [{name: q, in: query, schema: {$ref: "#/components/schemas/50%25"}}]}}
              /v: {get: {parameters: [{name: q, in: query, schema: {$ref: "#/components/schemas/a%20b"}}]}}
            components:
              requestBodies: {"my body": {content: {application/json: {schema: {properties: {n: {type: integer}}}}}}}
              schemas: {"50%": {type: number}, a%20b: {type: boolean}}
            """
        let read = try read(["some/where/api/main.yaml": main])
        #expect(
            lines(read) == [
                "GET /a~b/{id} Tilde.", "GET /x Tilde.", "GET /y Tilde.", "POST /z Body: n? (integer).",
                "GET /w Query: q? (number).", "GET /p Query: q? (number).", "GET /v Query: q? (boolean).",
            ]
        )
        #expect(warnings(read).isEmpty)
    }

    @Test func otherFilesAreRead() throws {
        let files = [
            "some/where/api/main.yaml": """
            openapi: 3.1.0
            paths:
              /shared: {post: {requestBody: {content: {application/json: {schema: {properties: {$ref: "paths/more.yaml#/of"}}}}}}}
              /orders: {$ref: ./paths/orders.json}
              /items: {get: {$ref: "paths/more.yaml#/items"}, summary: beside, post: {summary: Own}}
              /both: {$ref: "paths/more.yaml#/both", delete: {summary: Beside the reference}}
            """,
            "some/where/api/paths/orders.json": """
            {"post": {"summary": "Order", "requestBody": {"content": {"application/json":
              {"schema": {"$ref": "../schemas/my order.yaml"}}}}}}
            """,
            "some/where/api/schemas/my order.yaml": """
            properties: {line: {$ref: "#/$defs/Line"}, by: {$ref: "../../common/user.json#/User"}}
            $defs: {Line: {properties: {sku: {type: string}}}}
            """,
            "some/where/common/user.json": #"{"User": {"type": "integer"}}"#,
            "some/where/api/paths/more.yaml": """
            of: {a: {type: integer}}
            items: {summary: Items, parameters: [{$ref: "more.yaml#/limit"}]}
            limit: {name: limit, in: query, required: true, schema: {type: integer, maximum: 5}}
            both: {get: {summary: From there}}
            """,
        ]
        let read = try read(files)
        #expect(
            lines(read) == [
                "POST /shared Body: a? (integer).", "POST /orders Order. Body: line? ({sku?}), by? (integer).",
                "GET /items Items. Query: limit (integer).", "POST /items Own.", "GET /both From there.",
                "DELETE /both Beside the reference.",
            ]
        )
        #expect(warnings(read).isEmpty)
        #expect(try Scenario(document: read.document) == read.scenario)
    }

    @Test func anchorsAndIdsAreRead() throws {
        let main = """
            openapi: 3.1.0
            paths:
              /a: {post: {requestBody: {content: {application/json: {schema: {$ref: "#pet"}}}}}}
              /b: {post: {requestBody: {content: {application/json: {schema: {$ref: "https://example.com/user"}}}}}}
              /c: {post: {requestBody: {content: {application/json: {schema: {$ref: "https://example.com/user#tag"}}}}}}
            components:
              schemas:
                Pet: {$anchor: pet, properties: {name: {type: string}}}
                User:
                  $id: https://example.com/user
                  properties: {age: {$ref: "#/$defs/Age"}}
                  $defs: {Age: {type: integer}, Tag: {$anchor: tag, properties: {t: {type: boolean}}}}
            """
        let read = try read(["some/where/api/main.yaml": main])
        #expect(
            lines(read) == ["POST /a Body: name?.", "POST /b Body: age? (integer).", "POST /c Body: t? (boolean)."]
        )
        #expect(warnings(read).isEmpty)
    }

    @Test func whatCannotBeFollowedIsTold() throws {
        let main = """
            openapi: 3.1.0
            paths:
              /out: {$ref: ../../../etc/paths.json}
              /root: {$ref: /etc/passwd}
              /net: {$ref: "https://example.com/paths.json#/a"}
              /file: {$ref: "file:///etc/passwd"}
              /missing: {$ref: none.json}
              /broken: {$ref: broken.json}
              /inside: {$ref: "good.yaml#/b"}
              /round: {$ref: "good.yaml#/round"}
              /text: {$ref: "good.yaml#/text"}
              /body: {post: {requestBody: {$ref: "#/components/requestBodies/A"}}}
              /ok: {get: {parameters: [{$ref: "#/components/parameters/none"}]}, put: {$ref: "#/x"}}
            components: {requestBodies: {A: {$ref: "#/components/requestBodies/B"}, B: {$ref: "#/components/requestBodies/A"}}}
            """
        let read = try read([
            "some/where/api/main.yaml": main, "some/where/api/broken.json": "{",
            "some/where/api/good.yaml": "round: {$ref: \"#/back\"}\nback: {$ref: \"#/round\"}\ntext: hello\n",
        ])
        #expect(lines(read) == ["POST /body ", "GET /ok "])
        let folders = "leads out of the folders of the document and the scenario"
        let network = "is not read: keep the file beside the document and refer to it by its path"
        #expect(
            warnings(read) == [
                "10 of 12 operations of some/where/api/main.yaml left out",
                "/out: its $ref etc/paths.json \(folders)", "/root: its $ref /etc/passwd \(folders)",
                "/net: its $ref https://example.com/paths.json#/a \(network)",
                "/file: its $ref file:///etc/passwd \(network)",
                "/missing: its $ref some/where/api/none.json cannot be read: no some/where/api/none.json",
                "/broken: its $ref some/where/api/broken.json cannot be read: some/where/api/broken.json: "
                    + "Not valid JSON at byte 1: expected '\"', found the end",
                "/inside: its $ref some/where/api/good.yaml#/b leads nowhere",
                "/round: its $ref some/where/api/good.yaml#/round leads round in a circle",
                "/text: its $ref leads to no map",
                "PUT /ok: its $ref #/x leads nowhere",
                "what is at #/components/requestBodies/A, which leads round in a circle",
                "what is at #/components/parameters/none, which leads nowhere",
            ]
        )
    }

    @Test func filesAreBounded() throws {
        let paths = (0..<2100).map { "  /p\($0): {$ref: \"f\($0).json\"}" }.joined(separator: "\n")
        var files = ["some/where/api/main.yaml": "openapi: 3.1.0\npaths:\n" + paths]
        for number in 0..<2100 { files["some/where/api/f\(number).json"] = #"{"get":{}}"# }
        let read = try read(files)
        #expect(read.scenario.targets[0].endpoints.count == 1999)
        let leftOut = try #require(read.leftOut["s"])
        #expect(leftOut.count == 101)
        #expect(leftOut[0].reason == "its $ref some/where/api/f1999.json is one file more than 2000")
        let blank = String(repeating: " ", count: 9 * 1024 * 1024)
        for number in 0..<2 { files["some/where/api/f\(number).json"] = #"{"get":{}}"# + blank }
        let second = try self.read(files).leftOut["s"]?.first
        #expect(second?.reason.contains("have at most 16777216 bytes") == true)
    }
}
