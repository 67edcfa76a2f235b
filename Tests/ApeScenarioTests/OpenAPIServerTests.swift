import ApeCore
import ApeScenario
import Testing

/// What of a server's URL stands before the paths of a document.
@Suite struct OpenAPIServerTests {
    private func read(_ servers: String, url: String, openapi: String = "o.yaml") throws -> ReadScenario {
        let document = """
            openapi: 3.1.0
            \(servers)
            paths:
              /a/{id}: {get: {}}
              /b: {servers: [{url: /b-base}], get: {}, post: {servers: [{url: "https://up.example.com/up"}]}}
            """
        let yaml = "targets: {s: {url: \"\(url)\", openapi: \(openapi)}}\ngoals: {g: {script: [GET /]}}"
        return try Scenario.read(Array(yaml.utf8), file: "x.yml") { _ in Array(document.utf8) }
    }

    private static let variables = """
        servers: [{url: "{scheme}://example.com:{port}/{base}", variables: {scheme: {default: https}, \
        port: {enum: ["8443"]}, base: {default: api/v3}}}]
        """

    @Test(arguments: [
        ("servers: [{url: \"https://example.com/api/v3/\"}]", "http://h", "/api/v3"),
        ("servers: [{url: \"https://example.com/api/v3/\"}]", "http://h/api/v3", ""),
        ("servers: [{url: \"https://example.com/api/v3/\"}]", "http://h/gate/api/v3", ""),
        ("servers: [{url: \"https://example.com/api/v3/\"}]", "http://h/api", "/v3"),
        ("servers: [{url: \"https://example.com/api/v3/\"}]", "http://h/xapi/v3", "/api/v3"),
        (variables, "http://h", "/api/v3"), ("servers: [{url: api/v1}]", "http://h", "/api/v1"),
        ("servers: [{url: ./api/../v1/?x=1}]", "http://h", "/v1"), ("servers: [{url: /}]", "http://h", ""),
        ("servers: [{url: //example.com/v2}]", "http://h", "/v2"), ("servers: []", "http://h", ""),
        ("servers: [{url: \"http://one/v1\"}, {url: \"http://h:81/v2\"}]", "http://h:81", "/v2"),
        ("servers: [{url: \"http://one/v1\"}, {url: \"http://two/v2\"}]", "http://h/v2", ""),
        ("servers: [{url: \"http://one/v1\"}, {url: \"http://two/v2\"}]", "http://h", "/v1"), ("", "http://h", ""),
    ])
    func theServersPathComesFirst(servers: String, url: String, prefix: String) throws {
        let read = try read(servers, url: url)
        #expect(read.scenario.targets[0].endpoints[0].path == prefix + "/a/{id}")
        let told = read.warnings.map(\.message).filter { $0.contains("which its server has") }
        let words =
            "the paths of o.yaml come after \(prefix), which its server has and `url` does not end with; "
            + "`openapi: {file: ..., base_path: /}` leaves it out"
        #expect(told == (prefix.isEmpty ? [] : [words]))
    }

    @Test func operationsHaveServersOfTheirOwn() throws {
        let read = try read("servers: [{url: \"https://example.com/v1\"}]", url: "http://h")
        #expect(read.scenario.targets[0].endpoints.map(\.path) == ["/v1/a/{id}", "/b-base/b", "/up/b"])
        #expect(
            read.warnings.last?.message
                == "o.yaml is read as if POST /b were at `url`: its own server is another host"
        )
    }

    @Test(arguments: [("/", ""), ("/x/y/", "/x/y"), ("\"\"", "")])
    func theScenarioSaysOtherwise(basePath: String, prefix: String) throws {
        let openapi = "{file: o.yaml, base_path: \(basePath)}"
        let read = try read("servers: [{url: /v1}]", url: "http://h", openapi: openapi)
        #expect(read.scenario.targets[0].endpoints.map(\.path) == ["/a/{id}", "/b", "/b"].map { prefix + $0 })
        #expect(read.warnings.isEmpty)
    }

    @Test func aCheckWithoutTheServersPathIsToldWithIt() throws {
        let yaml = """
            targets: {s: {url: "http://h", openapi: o.yaml}}
            goals: {g: {prompt: Go., success: [{answer: POST /pay, status: 201}]}}
            inference: {url: "http://m", model: m}
            """
        let read = try Scenario.read(Array(yaml.utf8), file: "x.yml") { _ in
            Array("openapi: 3.0.0\nservers: [{url: /v1}]\npaths: {/pay: {post: {}}}".utf8)
        }
        #expect(
            read.warnings.map(\.message).contains(
                "no target lists the endpoint POST /pay; did you mean POST /v1/pay?"
            )
        )
    }

    @Test func aVariableWithoutADefaultIsTold() throws {
        let read = try read("servers: [{url: \"/{tenant}/v1\"}]", url: "http://h")
        #expect(read.scenario.targets[0].endpoints[0].path == "/a/{id}")
        #expect(read.warnings.first?.message.contains("has a variable without a default: say what stands") == true)
    }

    @Test func swaggerHasABasePath() throws {
        let document = "swagger: \"2.0\"\nhost: example.com\nbasePath: /v2\npaths: {/a: {get: {}}}"
        let yaml = "targets: {s: {url: \"http://h\", openapi: o.yaml}}\ngoals: {g: {script: [GET /]}}"
        let read = try Scenario.read(Array(yaml.utf8), file: "x.yml") { _ in Array(document.utf8) }
        #expect(read.scenario.targets[0].endpoints.map(\.path) == ["/v2/a"])
    }
}
