import ApeCore
import ApeScenario
import Testing

/// What of a document becomes endpoints, and what is said of the rest.
@Suite struct OpenAPIChoiceTests {
    private func read(_ document: String, openapi: String = "o.yaml", more: String = "") throws -> ReadScenario {
        let yaml = """
            targets: {s: {url: "http://h", openapi: \(openapi)}}
            goals: {g: {script: [GET /]}}
            \(more)
            """
        return try Scenario.read(Array(yaml.utf8), file: "x.yml") { path in
            guard path == "o.yaml" else { throw ApeError(.file, "no \(path)") }
            return Array(document.utf8)
        }
    }

    private func names(_ read: ReadScenario) -> [String] {
        read.scenario.targets[0].endpoints.map { "\($0.method) \($0.path)" }
    }

    private static let odd = """
        openapi: 3.1.0
        paths:
          /compare/{base}...{head}: {get: {}}
          /at/{lat},{lon}: {get: {}}
          /at/{lat}{lon}: {get: {}}
          /users/{user id}/: {get: {}, head: {}, options: {}, trace: {}, query: {}, x-more: {}, copy: {}}
          /search?type=book: {get: {}, post: {}}
          /part#one: {get: {}}
          no/slash: {get: {}}
          x-note: {get: {}}
          /next: {additionalOperations: {LINK: {}}, servers: [], parameters: [], description: d}
        """

    @Test func everyOperationIsThereOrNamed() throws {
        let read = try read(Self.odd)
        #expect(
            names(read) == [
                "GET /compare/{base}...{head}", "GET /at/{lat},{lon}", "GET /at/{lat}{lon}", "GET /users/{user_id}/",
                "HEAD /users/{user_id}/", "OPTIONS /users/{user_id}/",
            ]
        )
        let query = "cannot be read: a pattern has no query; leave out what follows ?"
        #expect(
            read.leftOut["s"]?.map(\.description) == [
                "TRACE /users/{user id}/: agents do not send TRACE",
                "QUERY /users/{user id}/: agents do not send QUERY",
                "COPY /users/{user id}/: agents do not send COPY",
                "GET /search?type=book: the path `/search?type=book` \(query)",
                "POST /search?type=book: the path `/search?type=book` \(query)",
                "GET /part#one: the path `/part#one` \(query)",
                "GET no/slash: the path `no/slash` cannot be read: it starts with /",
                "LINK /next: agents do not send LINK",
            ]
        )
        #expect(read.warnings.first?.message == "8 of 14 operations of o.yaml left out")
        #expect(read.warnings.count == 9)
        let listed = read.document["targets"]?["s"]?["left_out"]
        #expect(listed?.array?.count == 8)
        #expect(
            listed?[0]
                == ["method": "TRACE", "path": "/users/{user id}/", "reason": "agents do not send TRACE"]
        )
        #expect(try Scenario(document: read.document) == read.scenario)
        #expect(read.scenario.document["targets"]?["s"]?["left_out"] == nil)
    }

    @Test func whatIsLeftOutIsToldInBounds() throws {
        let paths = (0..<30).map { "  /a?\($0): {get: {}}" }
        let read = try read("openapi: 3.0.0\npaths:\n" + paths.joined(separator: "\n"))
        #expect(read.warnings.count == 22)
        #expect(read.warnings.last?.message == "o.yaml is read without 10 more; `ape-test check --json` lists them")
        #expect(read.leftOut["s"]?.count == 30)
    }

    private static let tagged = """
        openapi: 3.0.0
        paths:
          /api/a: {get: {tags: [one]}, post: {tags: [one, two]}}
          /api/a/{id}/b: {get: {}}
          /admin/a: {get: {tags: [two]}, delete: {}}
        """

    @Test(arguments: [
        ("include: [GET /api/**]", ["GET /api/a", "GET /api/a/{id}/b"]),
        ("include: [/api/*]", ["GET /api/a", "POST /api/a"]), ("include: [/api/*/*/b]", ["GET /api/a/{id}/b"]),
        ("include: [\"tag:two\"]", ["POST /api/a", "GET /admin/a"]),
        ("include: [\"tag:two\"], exclude: [/admin/**]", ["POST /api/a"]),
        ("exclude: [\"tag:one\", DELETE /**]", ["GET /api/a/{id}/b", "GET /admin/a"]), ("include: [/none]", []),
    ])
    func aScenarioChooses(choice: String, expected: [String]) throws {
        let read = try read(Self.tagged, openapi: "{file: o.yaml, \(choice)}")
        #expect(names(read) == expected)
        #expect(read.leftOut["s"] == [])
        let warning = expected.isEmpty ? ["none of the 5 operations of o.yaml is chosen"] : []
        #expect(read.warnings.map(\.message) == warning)
    }

    @Test(arguments: [
        ("{}", "`file` is missing"), ("{file: o.yaml, includes: []}", "did you mean `include`?"),
        ("{file: o.yaml, include: [api]}", "must be a path such as /api/**"),
        ("{file: o.yaml, include: [FETCH /api]}", "must be a path such as /api/**"),
        ("{file: o.yaml, include: [/*/*/*/*/*/*/*]}", "at most 6 stars"),
        ("{file: o.yaml, base_path: api}", "must be a path such as /api/v1, or / for none"),
        ("{file: o.yaml, base_path: \"/a?b\"}", "must be a path such as /api/v1, or / for none"),
        ("{file: none.yaml}", "cannot read none.yaml"), ("[o.yaml]", "must be a text"),
    ])
    func refuses(openapi: String, says: String) {
        #expect {
            try read(Self.tagged, openapi: openapi)
        } throws: { error in
            "\(error)".contains(says)
        }
    }

    @Test(arguments: [
        (3, "GET /p8", ["/p0", "/p1", "/p8"]), (1, "GET /p8", ["/p8"]), (2, "POST /p8", ["/p0", "/p1"]),
        (10, "GET /p8", (0..<10).map { "/p\($0)" }),
    ])
    func theModelIsToldOfWhatChecksWaitForFirst(limit: Int, answer: String, told: [String]) throws {
        let paths = (0..<10).map { "  /p\($0): {get: {}}" }.joined(separator: "\n")
        let yaml = """
            targets: {s: {url: "http://h", openapi: o.yaml}}
            goals: {h: {prompt: Go., success: [{answer: \(answer), status: 200}]}}
            limits: {prompt_endpoints: \(limit)}
            inference: {url: "http://m", model: m}
            """
        let read = try Scenario.read(Array(yaml.utf8), file: "x.yml") { _ in
            Array("openapi: 3.0.0\npaths:\n\(paths)".utf8)
        }
        #expect(read.scenario.toldEndpoints.map { $0.map(\.path) } == [told])
        let cut = "the model is told of \(limit) of 10 endpoints: limits.prompt_endpoints is \(limit)"
        #expect(read.warnings.map(\.message).contains(cut) == (limit < 10))
    }

    @Test func endpointsThatLeaveNoRoomAreTold() throws {
        let paths = (0..<400).map { "  /p\($0): {get: {summary: \(String(repeating: "x", count: 92))}}" }
        let yaml = """
            targets: {s: {url: "http://h", openapi: o.yaml}}
            goals: {h: {prompt: Go., success: [{answer: GET /p8, status: 200}]}}
            inference: {url: "http://m", model: m}
            """
        let read = try Scenario.read(Array(yaml.utf8), file: "x.yml") { _ in
            Array("openapi: 3.0.0\npaths:\n\(paths.joined(separator: "\n"))".utf8)
        }
        #expect(
            read.warnings.map(\.message) == [
                "the endpoints alone take about 10372 tokens of a request, and limits.context_tokens is 8192: raise it, "
                    + "or choose endpoints with `include` of `openapi`"
            ]
        )
    }
}
