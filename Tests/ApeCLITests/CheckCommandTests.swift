import ApeCore
import ApeScenario
import Testing

@testable import ApeCLI

@Suite struct CheckCommandTests {
    @Test func summarisesWhatTheFileHolds() throws {
        let yaml = """
            targets:
              shop: {url: "http://127.0.0.1:8080", endpoints: [GET /api/products]}
            inference: {url: "http://127.0.0.1:8081/v1", model: demo}
            goals:
              buy: {weight: 3, prompt: Buy., success: [{answer: GET /api/products, status: 200}]}
              look: {script: [GET /api/products]}
            kpi_targets: {mtba_threshold: 2}
            plan: [{name: hold, agents: 100, hold: 60s}]
            """
        let read = try Scenario.read(Array(yaml.utf8), file: "shop.yml") { _ in [] }
        let summary = """
            shop.yml: valid: 1 target, 2 goals, plan of 1 stage, up to 100 agents, 70s, 1 KPI target of its own
              target shop: http://127.0.0.1:8080, 1 endpoint
              inference: demo at http://127.0.0.1:8081/v1
              goal buy: decided by the model in up to 20 steps, 75 % of sessions, 1 check
              goal look: a script of 1 step, 25 % of sessions, 0 checks
              stage hold: 100 agents, ramp 5s, warm-up 5s, hold 1m

            """
        #expect(CheckCommand.summary(of: read, file: "shop.yml").string == summary)
    }

    @Test func countsWhatIsLeftOutOfADocument() throws {
        let yaml = """
            targets: {shop: {url: "http://127.0.0.1:8080", openapi: o.json}}
            goals: {look: {script: [GET /a]}}
            """
        let read = try Scenario.read(Array(yaml.utf8), file: "shop.yml") { _ in
            Array(#"{"openapi": "3.1.0", "paths": {"/a": {"get": {}, "trace": {}}, "/b?c": {"get": {}}}}"#.utf8)
        }
        #expect(
            CheckCommand.summary(of: read, file: "shop.yml").string.contains(
                "  target shop: http://127.0.0.1:8080, 1 endpoint, 2 operations left out\n"
            )
        )
    }
}
