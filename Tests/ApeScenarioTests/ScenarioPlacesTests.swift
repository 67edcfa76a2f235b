import ApeScenario
import Testing

@testable import ApeCore

@Suite("Places in a scenario's file")
struct ScenarioPlacesTests {
    private static let text = """
        # A comment first.
        name: shop
        targets:
          shop: {url: http://127.0.0.1:1}
        goals:
          buy:
            script: [GET /a]
            success:
              - {answer: GET /a, status: 200}
          look-around:
            script: [GET /b]
            success:
              - {answer: GET /a, status: 200}
        kpi_targets:
          max_concurrent_agents: 10

          mtba_threshold: 2
        plan:
          - {agents: 5, hold: 5s}
          - name: peak
            agents: 9
            hold: 5s
        """

    @Test func eachPartHasItsLine() throws {
        let places = try Scenario.read(Array(Self.text.utf8), file: "ci/ape.yml") { _ in [] }.places
        #expect(places.file == "ci/ape.yml")
        #expect(places.goals == ["buy": 6, "look-around": 10])
        #expect(places.kpiTargets == [.maxConcurrentAgents: 15, .mtbaThreshold: 17])
        #expect(places.stages == ["stage_1": 19, "peak": 20])
    }

    @Test(arguments: [
        (
            WorkflowCommand(
                .error,
                file: "a,b:c.yml",
                line: 3,
                title: "100 %: x, y",
                message: "50 %, a: b\n::error::c"
            ),
            "::error file=a%2Cb%3Ac.yml,line=3,title=100 %25%3A x%2C y::50 %25, a: b : :error::c"
        ),
        (WorkflowCommand(.warning, line: 3, title: "t", message: "m"), "::warning title=t::m"),
        (WorkflowCommand(.notice, file: "f", title: "", message: ""), "::notice file=f,title=::"),
    ])
    func commandsAreEscaped(command: WorkflowCommand, text: String) {
        #expect(command.text == text)
        #expect(TerminalText([command, command]).string == text + "\n" + text + "\n")
    }
}
