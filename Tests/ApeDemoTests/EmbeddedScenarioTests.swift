import ApeCore
import ApeScenario
import Testing

@testable import ApeDemo

@Suite("Embedded scenario")
struct EmbeddedScenarioTests {
    private func scenario() throws -> ReadScenario {
        let text = EmbeddedScenario.yaml(shopURL: "http://127.0.0.1:8080", inferenceURL: "http://127.0.0.1:8081/v1")
        return try Scenario.read(Array(text.utf8), file: "demo.yml") { path in
            throw ApeError(.file, "no file is named, yet \(path) is read")
        }
    }

    @Test("It reads without a remark")
    func reads() throws {
        let read = try scenario()
        #expect(read.warnings.isEmpty)
        #expect(read.scenario.goals.map(\.name) == ["browse-and-buy", "fill-the-cart"])
        #expect(read.scenario.goals.map(\.weight) == [3, 1])
        #expect(read.scenario.targets.first?.endpoints.count == ShopRoute.counted.count)
        #expect(read.scenario.goals.allSatisfy { !$0.success.isEmpty && $0.data.count == 1 })
    }

    @Test("The planner knows what each goal is after")
    func plannable() throws {
        let scenario = try scenario().scenario
        let endpoints = scenario.targets[0].endpoints.map { "\($0.method) \($0.path) — \($0.summary)" }
        for (goal, first) in zip(scenario.goals, ["/api/products", "/api/login"]) {
            guard case .prompt(let prompt) = goal.mode else { throw ApeError(.scenario, "no prompt") }
            let system = "Goal:\n\(prompt)\nEndpoints:\n" + endpoints.joined(separator: "\n")
            var chat = Chat("Begin.", system: system)
            #expect(try JSONValue(parsing: try chat.decide().arguments)["path"]?.string == first)
            chat = Chat(prompt, system: endpoints.joined(separator: "\n"))
            #expect(try JSONValue(parsing: try chat.decide().arguments)["path"]?.string == first)
        }
    }
}
