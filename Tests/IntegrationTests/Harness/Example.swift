/// The scenarios that the documentation shows, pointed at the services of a test and with a plan of the test's own.
enum Example {
    /// `docs/examples/shop.yml` on a demo.
    static func shop(_ demo: Demo, agents: Int, holdSeconds: Int) throws -> String {
        let services = ["http://127.0.0.1:8080": demo.shop, "http://127.0.0.1:8081/v1": demo.inference]
        return try read("shop.yml", replacing: services) + plan(agents: agents, holdSeconds: holdSeconds)
    }

    /// The scripted half of `docs/examples/kinto.yml` on a Kinto of the test's own: the simulated model only knows its
    /// way about its own shop.
    static func kinto(_ kinto: Kinto, agents: Int, holdSeconds: Int) throws -> String {
        let text = try read("kinto.yml", replacing: ["http://127.0.0.1:8888/v1": kinto.url])
        // Kinto's own speed is not what is tested.
        return try withoutModel(text, script: "fixed_task") + "kpi_targets: {mtba_threshold: 60}\n"
            + plan(agents: agents, holdSeconds: holdSeconds)
    }

    /// The scripted half of `docs/examples/gns3.yml` on a server of the test's own, with the endpoints of its OpenAPI
    /// document in place of those that the example names. The server's speed is not what is tested.
    static func gns3(_ gns3: GNS3, agents: Int, holdSeconds: Int) throws -> String {
        let text = try read("gns3.yml", replacing: ["http://127.0.0.1:3080": gns3.url])
        let scripted = try withoutModel(text, script: "draw_a_network")
        let document = "\n    openapi: openapi.json"
        return try cutting(scripted, from: "\n    endpoints:", to: "\n    headers:", placing: document)
            + "kpi_targets: {mtba_threshold: 60}\n" + plan(agents: agents, holdSeconds: holdSeconds)
    }

    /// `docs/examples/django.yml` on a project of the test's own, whose speed is not what is tested.
    static func django(_ django: Django, agents: Int, holdSeconds: Int) throws -> String {
        try read("django.yml", replacing: ["http://127.0.0.1:8400/admin": django.url])
            + "kpi_targets: {mtba_threshold: 60}\n" + plan(agents: agents, holdSeconds: holdSeconds)
    }

    /// `docs/examples/nchan.yml` on a server of the test's own.
    static func nchan(_ nchan: Nchan, agents: Int, holdSeconds: Int) throws -> String {
        try read("nchan.yml", replacing: ["http://127.0.0.1:8500": nchan.url]) + "kpi_targets: {mtba_threshold: 60}\n"
            + plan(agents: agents, holdSeconds: holdSeconds)
    }

    /// `docs/examples/login.yml` on a demo.
    static func login(_ demo: Demo, agents: Int, holdSeconds: Int) throws -> String {
        let services = ["http://127.0.0.1:8080": demo.shop, "http://127.0.0.1:8081/v1": demo.inference]
        return try read("login.yml", replacing: services) + plan(agents: agents, holdSeconds: holdSeconds)
    }

    /// `docs/examples/forms.yml` on a server of the test's own, whose speed is not what is tested.
    static func forms(_ server: PythonServer, agents: Int, holdSeconds: Int) throws -> String {
        try read("forms.yml", replacing: ["http://127.0.0.1:8300": server.url]) + "kpi_targets: {mtba_threshold: 60}\n"
            + plan(agents: agents, holdSeconds: holdSeconds)
    }

    /// `docs/examples/graphql.yml` on a server of the test's own, whose speed is not what is tested.
    static func graphql(_ server: PythonServer, agents: Int, holdSeconds: Int) throws -> String {
        try read("graphql.yml", replacing: ["http://127.0.0.1:8200": server.url])
            + "kpi_targets: {mtba_threshold: 60}\n" + plan(agents: agents, holdSeconds: holdSeconds)
    }

    /// One step, no model: for runs that do not get far.
    static func look(at shop: String) -> String {
        """
        name: look
        targets: {shop: "\(shop)"}
        goals:
          look:
            script: [GET /api/products]
            success: [{answer: GET /api/products, status: 200}]

        """ + plan(agents: 5, holdSeconds: 3)
    }

    /// One short stage: a second of ramp, a second of warm-up, some seconds of hold.
    static func plan(agents: Int, holdSeconds: Int) -> String {
        "plan: [{agents: \(agents), ramp: 1s, warmup: 1s, hold: \(holdSeconds)s}]\n"
    }

    /// An example without its model, and of its goals only those from `script` on.
    private static func withoutModel(_ text: String, script: String) throws -> String {
        let withoutEndpoint = try cutting(text, from: "\ninference:", to: "\ngoals:")
        return try cutting(withoutEndpoint, from: "\ngoals:", to: "\n  \(script):", placing: "\ngoals:")
    }

    /// A text with `replacement` in place of what stands from one mark up to the other, each of which it has once.
    private static func cutting(
        _ text: String,
        from: String,
        to: String,
        placing replacement: String = ""
    ) throws -> String {
        let before = text.split(separator: from, omittingEmptySubsequences: false)
        let after = text.split(separator: to, omittingEmptySubsequences: false)
        guard before.count == 2, after.count == 2 else { throw HarnessError("no one \(from) before one \(to)") }
        return "\(before[0])\(replacement)\(to)\(after[1])"
    }

    /// An example without its plan.
    private static func read(_ name: String, replacing replacements: [String: String]) throws -> String {
        let path = "\(Invocation.tree)/docs/examples/\(name)"
        guard var text = textOfFile(path) else { throw HarnessError("no example at \(path)") }
        for (old, new) in replacements {
            guard text.contains(old) else { throw HarnessError("\(path) does not hold \(old)") }
            text = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        }
        // The plan is the last key of those examples that have one.
        return (text.split(separator: "\nplan:\n").first.map(String.init) ?? text) + "\n"
    }
}
