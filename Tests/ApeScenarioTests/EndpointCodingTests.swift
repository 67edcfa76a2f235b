@testable import ApeCore
import Testing

@Suite struct EndpointCodingTests {
    private func yaml(_ endpoint: String) -> String {
        """
        targets: {s: {url: "http://h", endpoints: [\(endpoint)]}}
        goals: {g: {script: [GET /]}}
        """
    }

    @Test func anEndpointMaySayItsBody() throws {
        let scenario = try ScenarioSamples.read(
            """
            targets:
              s:
                url: http://h
                endpoints:
                  - POST /api/login:
                      summary: Log in
                      body: {type: object, properties: {username: {type: string}, note: {}}, required: [username]}
                  - POST /a: {summary: Short}
                  - POST /b: {body: {enum: [null, 1]}}
                  - POST /c: {summary: null, body: null}
            goals: {g: {script: [GET /]}}
            """
        ).scenario
        let endpoints = scenario.targets[0].endpoints
        #expect(endpoints.map(\.path) == ["/api/login", "/a", "/b", "/c"])
        #expect(endpoints.map(\.summary) == ["Log in", "Short", "", ""])
        #expect(
            endpoints[0].body?.text
                == #"{"type":"object","properties":{"username":{"type":"string"},"note":{}},"required":["username"]}"#
        )
        #expect(endpoints[1].body == nil)
        #expect(endpoints[2].body == ["enum": [nil, 1]])
        #expect(endpoints[3].body == nil)
        #expect(endpoints[1].document == ["POST /a": "Short"])
        #expect(endpoints[2].document == ["POST /b": ["body": ["enum": [nil, 1]]]])
        #expect(try Scenario(document: try JSONValue(parsing: scenario.wireDocument().utf8)) == scenario)
    }

    @Test(arguments: [
        ("{POST /a: {sumary: x}}", "sumary: unknown key; did you mean `summary`?"),
        ("{POST /a: {summary: [x]}}", "summary: must be a text, not a list"),
        ("{POST /a: [x]}", "must be a text, not a list"),
        ("{POST /a: {body: x}}", "body: must be a map, the JSON Schema of the body, not the text \"x\""),
        ("{POST /a: {body: [x]}}", "body: must be a map"), ("{POST /a: {body: true}}", "body: must be a map"),
    ])
    func saysWhatIsWrong(endpoint: String, says: String) {
        let problems = ScenarioSamples.problems(yaml(endpoint))
        #expect(problems.count == 1 && problems[0].contains(says), "\(problems)")
        #expect(problems.allSatisfy { $0.hasPrefix("shop.yml:1:") && $0.contains("targets.s.endpoints[0]") })
    }

    @Test func aSchemaHasLimits() {
        func nested(_ levels: Int) -> String {
            String(repeating: "{a: ", count: levels - 1) + "{}" + String(repeating: "}", count: levels - 1)
        }
        #expect(ScenarioSamples.problems(yaml("{POST /a: {body: \(nested(12))}}")) == [])
        let deep = ScenarioSamples.problems(yaml("{POST /a: {body: \(nested(13))}}"))
        #expect(deep.count == 1 && deep[0].hasSuffix("body: is nested deeper than 12 levels"), "\(deep)")
        func long(_ bytes: Int) -> String { "{a: \(String(repeating: "x", count: bytes - 8))}" }
        #expect(ScenarioSamples.problems(yaml("{POST /a: {body: \(long(16384))}}")) == [])
        let large = ScenarioSamples.problems(yaml("{POST /a: {body: \(long(16385))}}"))
        #expect(
            large.count == 1 && large[0].hasSuffix("body: has 16385 bytes as JSON; at most 16384 are read"),
            "\(large)"
        )
    }
}
