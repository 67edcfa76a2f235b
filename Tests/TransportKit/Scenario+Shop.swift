import ApeCore

extension Scenario {
    /// One target, one model, one goal: to buy.
    package static var shop: Scenario {
        var target = Target(name: "shop", baseURL: "http://shop")
        target.endpoints = [
            Endpoint(method: "GET", path: "/api/products"), Endpoint(method: "GET", path: "/api/products/{id}"),
            Endpoint(method: "POST", path: "/api/login", summary: "Body: username, password"),
            Endpoint(method: "POST", path: "/api/checkout"), Endpoint(method: "GET", path: "/api/orders/{id}"),
        ]
        var goal = Goal(name: "buy", mode: .prompt("Buy two \"headphones\"; you are {{username}}. Use {{order_id}}."))
        goal.data = [["username": "user-{{agent}}", "password": "pw"]]
        var check = SuccessCheck(name: "paid", subject: .anyAnswer, method: "POST", path: "/api/checkout")
        check.status = StatusPattern("201")
        goal.success = [check]
        return Scenario(
            name: "shop",
            targets: [target],
            inference: Inference(baseURL: "http://model/v1", model: "m"),
            goals: [goal]
        )
    }

    /// The same, with a script and no model.
    package static func script(_ steps: [ScriptStep]) -> Scenario {
        var scenario = shop
        scenario.inference = nil
        scenario.goals = [Goal(name: "script", mode: .script(steps))]
        scenario.goals[0].maxSteps = steps.count
        return scenario
    }
}
