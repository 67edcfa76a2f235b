import ApeCore
import ApeInference
import ApeTransfer
import Testing

@testable import ApeAgent

@Suite struct ToolOfferTests {
    private func offer(_ endpoints: [Scenario.Endpoint], prompt: String = "Look.") -> [ToolDefinition] {
        let target = Scenario.Target(name: "shop", baseURL: "http://t", endpoints: endpoints)
        let goal = Goal(name: "g", mode: .prompt(prompt))
        return ToolOffer(Scenario(name: "s", targets: [target], inference: nil, goals: [goal])).definitions
    }

    @Test func offersEveryToolWhereNothingIsListed() {
        let tools = offer([])
        #expect(
            tools.map(\.name) == [
                "http_get", "http_post", "http_put", "http_patch", "http_delete", "state_update", "finish",
            ]
        )
        #expect(tools[0].parameters["properties"]?["target"]?["enum"] == ["shop"])
        #expect(tools[0].parameters["properties"]?["body"] == nil && tools[1].parameters["properties"]?["body"] != nil)
        #expect(
            tools[0].strictParameters != nil && tools[1].strictParameters == nil,
            "a body of any form is not strict"
        )
        #expect(tools[6].parameters["required"] == ["outcome", "reason"])
    }

    @Test func offersWhatTheEndpointsNeedAndTheGoalsNameAndNoMore() {
        let list = Scenario.Endpoint(method: "GET", path: "/items", summary: "List.")
        #expect(offer([list]).map(\.name) == ["http_get", "finish"])
        let one = Scenario.Endpoint(method: "GET", path: "/items/{id}")
        #expect(offer([list, one]).map(\.name) == ["http_get", "state_update", "finish"])
        #expect(offer([list], prompt: "Then DELETE /items/1.").map(\.name) == ["http_get", "http_delete", "finish"])
    }

    @Test func offersRareMethodsOnlyWhereTheyAreNamed() {
        let list = Scenario.Endpoint(method: "GET", path: "/items", summary: "List.")
        let head = Scenario.Endpoint(method: "HEAD", path: "/items")
        let tools = offer([list, head])
        #expect(tools.map(\.name) == ["http_get", "http_head", "finish"])
        #expect(tools[1].parameters["properties"]?["body"] == nil && tools[1].strictParameters != nil)
        #expect(offer([list], prompt: "Send OPTIONS /items.").map(\.name) == ["http_get", "http_options", "finish"])
        let answer = TargetAnswer(
            target: 0,
            method: "HEAD",
            path: "/items",
            response: TransferResponse(status: 200, headers: TransferHeaders([("ETag", "v1"), ("X-Other", "x")]))
        )
        #expect(Feedback.text(of: answer, captured: [], limitBytes: 100) == "HTTP 200\netag: v1\n")
    }

    @Test func whatTheModelIsNotToldOfNeedsNoTool() {
        let list = Scenario.Endpoint(method: "GET", path: "/items", summary: "List.")
        let add = Scenario.Endpoint(method: "POST", path: "/items")
        let target = Scenario.Target(name: "shop", baseURL: "http://t", endpoints: [list, add])
        let goal = Goal(name: "g", mode: .prompt("Look."))
        var scenario = Scenario(name: "s", targets: [target], inference: nil, goals: [goal])
        #expect(ToolOffer(scenario).definitions.map(\.name).contains("http_post"))
        scenario.limits.promptEndpoints = 1
        #expect(ToolOffer(scenario).definitions.map(\.name) == ["http_get", "finish"])
        #expect(SystemPrompt.text(scenario).contains("- GET /items: List.\n\n"))
    }

    @Test func knownBodiesMakeStrictSchemas() throws {
        var login = Scenario.Endpoint(method: "POST", path: "/login", summary: "Log in. Body: user.")
        let body: JSONValue = ["type": "object", "properties": ["user": ["type": "string"]], "required": ["user"]]
        login.body = body
        let logout = Scenario.Endpoint(method: "POST", path: "/logout", summary: "Log out.")
        let tools = offer([login, logout])
        #expect(tools.map(\.name) == ["http_post", "state_update", "finish"])
        let strict = try #require(tools[0].strictParameters)
        #expect(strict["required"] == ["target", "path", "body"] && strict["additionalProperties"] == false)
        #expect(strict["properties"]?["body"]?["anyOf"]?[1] == ["type": "null"])
        #expect(strict["properties"]?["body"]?["anyOf"]?[0]?["additionalProperties"] == false)
        #expect(tools.allSatisfy { $0.strictParameters != nil })
        var form = Scenario.Endpoint(method: "POST", path: "/form", summary: "Body as a form: a.")
        #expect(offer([login, form])[0].strictParameters == nil, "a body in words alone may be anything")
        #expect(offer([form])[0].parameters["properties"]?["body"]?["description"] == "Sent as JSON.")
        form.bodyType = "application/x-www-form-urlencoded"
        #expect(offer([form])[0].parameters["properties"]?["body"]?["description"] == "Sent as the endpoint takes it.")
        form.summary = "Nothing."
        #expect(offer([login, form])[0].strictParameters != nil)
    }
}
