import ApeCore
import Testing

@testable import ApeDemo

@Suite("Planner")
struct PlannerTests {
    private func path(_ decision: Decision) throws -> String? {
        try JSONValue(parsing: decision.arguments)["path"]?.string
    }

    static let list = #"{"products":[{"id":"p-104","stock":0},{"id":"p-102","stock":3}]}"#

    @Test(
        "Each step of the purchase follows from the last one that worked",
        arguments: [
            ([], "http_get", "/api/products"),
            ([("GET /api/products?category=audio", 200)], "http_get", "/api/products/p-102"),
            ([("GET /api/products/p-102", 200)], "http_post", "/api/login"),
            ([("POST /api/login", 200)], "http_post", "/api/cart/items"),
            ([("POST /api/login", 500)], "http_get", "/api/products"),
            ([("POST /api/cart/items", 201)], "http_post", "/api/checkout"),
            ([("POST /api/cart/items", 201), ("POST /api/checkout", 503)], "http_post", "/api/checkout"),
            ([("POST /api/checkout", 201)], "http_get", "/api/orders/{{order_id}}"),
            ([("GET /api/orders/{{order_id}}", 200)], "finish", nil),
            ([("GET /api/orders/ord-9", 200)], "finish", nil),
        ] as [([(String, Int)], String, String?)]
    )
    func purchase(calls: [(String, Int)], tool: String, path: String?) throws {
        var chat = Chat("Buy two headphones")
        for (route, status) in calls { chat.add(route, status, Self.list) }
        let decision = try chat.decide()
        #expect(decision.tool == tool)
        #expect(try self.path(decision) == path)
    }

    @Test("A step that failed twice ends the goal, and calls that never went out do not count")
    func failures() throws {
        var chat = Chat("Please buy headphones")
        chat.add("POST /api/cart/items", 201)
        chat.add("http_fetch", "{}", reply: "There is no tool http_fetch")
        chat.add("http_post", #"{"target":"shop","path":"#, reply: "The arguments are not JSON")
        chat.add("POST /api/checkout", 403)
        #expect(try path(try chat.decide()) == "/api/checkout")
        chat.add("POST /api/checkout", 403)
        let decision = try chat.decide()
        #expect(decision.tool == "finish")
        #expect(try JSONValue(parsing: decision.arguments)["outcome"] == "failure")
    }

    @Test("A retry copies from the answers what the first attempt left to templates")
    func copies() throws {
        var chat = Chat("Buy headphones")
        chat.add("POST /api/login", 200, #"{"csrf_token":"c0ffee"}"#)
        chat.add("POST /api/cart/items", 201)
        let first = try JSONValue(parsing: try chat.decide().arguments)
        #expect(first["body"]?["csrf_token"] == "{{csrf_token}}")
        chat.add("POST /api/checkout", 403)
        let second = try JSONValue(parsing: try chat.decide().arguments)
        #expect(second["body"]?["csrf_token"] == "c0ffee")
    }

    @Test("The user's name and password come from the prompt, where it offers them")
    func credentials() throws {
        var chat = Chat("Log in and look at the cart")
        #expect(try JSONValue(parsing: try chat.decide().arguments)["body"]?["username"] == "{{username}}")
        chat = Chat("Log in and look at the cart", system: Chat.endpoints)
        #expect(try JSONValue(parsing: try chat.decide().arguments)["body"]?["username"] == "visitor")
    }

    @Test("The cart goal logs in first and ends at the cart")
    func cart() throws {
        var chat = Chat("Log in and see that your cart holds something")
        for route in ["POST /api/login", "GET /api/products", "POST /api/cart/items", "GET /api/cart"] {
            let call = try chat.decide()
            #expect(call.tool == "http_" + route.prefix { $0 != " " }.lowercased())
            chat.add(route, 200)
        }
        #expect(try chat.decide().tool == "finish")
    }

    @Test(
        "Another goal looks at the first endpoint and ends",
        arguments: [
            ("- GET /items/{id} — one\n- GET /items — all\n", "/items"),
            ("no endpoints", "/"),
            ("`GET /a`, `GET /b`", "/a"),
        ]
    )
    func others(system: String, path: String) throws {
        var chat = Chat("Do something", system: system)
        let decision = try chat.decide()
        #expect(decision.tool == "http_get")
        #expect(try self.path(decision) == path)
        chat.add("GET \(path)", 200)
        #expect(try chat.decide().tool == "finish")
    }

    @Test("Only offered tools are called")
    func offeredTools() throws {
        var chat = Chat("Log in and look at the cart")
        chat.tools = ["http_get", "finish"]
        let decision = try chat.decide()
        #expect(decision.tool == "finish")
        #expect(try JSONValue(parsing: decision.arguments)["outcome"] == "failure")
        chat.tools = ["http_get"]
        #expect(try chat.decide().tool == nil)
    }

    @Test("Calls in the content are understood, for agents that offer no tools")
    func contentCalls() throws {
        var chat = Chat("Buy headphones")
        chat.tools = nil
        let call = #"{"tool":"http_get","arguments":{"path":"/api/products"}}"#
        chat.messages.append(["role": "assistant", "content": .string(call)])
        chat.messages.append(["role": "user", "content": .string("HTTP 200\n" + Self.list)])
        #expect(try path(try chat.decide()) == "/api/products/p-102")
    }

    @Test("A conversation that never ends is given up")
    func bounded() throws {
        var chat = Chat("Buy headphones")
        for _ in 0..<Planner.maximumCalls { chat.add("http_fetch", "{}", reply: "no such tool") }
        #expect(try chat.decide().tool == "finish")
    }

    @Test(
        "The status of an answer is found in whatever form it is fed back",
        arguments: [
            (#""{\"status\":200,\"body\":{}}""#, 200), (#""HTTP/1.1 404 Not Found\nx""#, 404), (#""503""#, 503),
            (#""Status: 201. Body: {\"total\": 300}""#, 201), (#""no such tool""#, nil), (#""v2.0.100 p-101""#, nil),
            (#""1234 99 600""#, nil), ("\"\"", nil),
        ] as [(String, Int?)]
    )
    func statuses(text: String, status: Int?) {
        #expect(StatusText.status(in: Array(text.utf8)[...]) == status)
    }
}
