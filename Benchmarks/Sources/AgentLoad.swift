import ApeCore

/// What a measurement of agents asks for.
struct AgentLoad: Sendable {
    /// What each row of the goal's data says.
    private static let user = ["username": "user-{{agent}}", "password": "demo"]

    let inference: String
    let target: String
    let agents: Int
    /// The steps of a session: the target's answer to the last is the one that the goal waits for.
    let steps: Int
    /// The sessions of each agent; 0 for no end.
    let sessions: Int
    let thinkMicros: Int64

    /// - Throws: ``BenchmarkFault`` for settings that are missing or cannot be.
    init(_ settings: Settings) throws(BenchmarkFault) {
        inference = try settings.text("inference")
        target = try settings.text("target")
        agents = try settings.number("agents", in: 1...100_000)
        steps = try settings.number("steps", in: 1...100)
        sessions = try settings.number("sessions", in: 0...10_000, usual: 0)
        thinkMicros = Int64(try settings.number("think_us", in: 0...60_000_000, usual: 0))
    }

    /// The scenario.
    var scenario: Scenario {
        var shop = Scenario.Target(name: "shop", baseURL: target)
        shop.endpoints = [
            Scenario.Endpoint(method: "GET", path: "/api/products", summary: "List products. Query: category?"),
            Scenario.Endpoint(method: "GET", path: "/api/products/{id}", summary: "One product."),
            Scenario.Endpoint(method: "POST", path: "/api/login", summary: "Body: username, password."),
            Scenario.Endpoint(method: "POST", path: "/api/checkout", summary: "Order what is in the cart."),
        ]
        var goal = Goal(name: "look", mode: .prompt("Look at the products. You are {{username}}."))
        goal.maxSteps = steps
        goal.data = [Self.user]
        if sessions > 0 {
            // Each session takes a row, and there is no session without one.
            goal.data = [[String: String]](repeating: Self.user, count: agents * sessions)
            goal.pick = .once
        }
        var check = SuccessCheck(name: "seen", subject: .anyAnswer, method: "GET", path: "/api/products")
        check.status = StatusPattern("201")
        goal.success = [check]
        var scenario = Scenario(
            name: "bench",
            targets: [shop],
            inference: Scenario.Inference(baseURL: inference, model: "m"),
            goals: [goal]
        )
        scenario.pacing.thinkMicros = thinkMicros...thinkMicros
        return scenario
    }
}
