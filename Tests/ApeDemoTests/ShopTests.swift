import ApeCore
import NIOCore
import NIOHTTP1
import Testing

@testable import ApeDemo

/// A client of the shop's, with a cookie.
struct ShopVisitor: Sendable {
    let client: DemoClient
    var session: String?
    var csrfToken: String?

    init(_ client: DemoClient) {
        self.client = client
    }

    func call(
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSONValue? = nil,
        headers: HTTPHeaders = [:]
    ) throws -> (status: Int, body: JSONValue, headers: HTTPHeaders) {
        try call(method, path, text: body?.text, headers: headers)
    }

    func call(
        _ method: HTTPMethod,
        _ path: String,
        text: String?,
        headers: HTTPHeaders = [:]
    ) throws -> (status: Int, body: JSONValue, headers: HTTPHeaders) {
        let reply = try ask(method, path, text: text, headers: headers)
        return (reply.status, try JSONValue(parsing: Array(reply.body.readableBytesView)), reply.headers)
    }

    func ask(
        _ method: HTTPMethod,
        _ path: String,
        text: String? = nil,
        headers: HTTPHeaders = [:]
    ) throws -> DemoClient.Reply {
        var headers = headers
        if let session { headers.add(name: "Cookie", value: "other=1; \(DemoShop.cookieName)=\(session)") }
        return try client.execute(method, path, headers: headers, body: text.map { ByteBuffer(string: $0) })
    }

    mutating func logIn(_ name: String = "ann") throws {
        let answer = try call(.POST, "/api/login", ["username": .string(name), "password": "demo"])
        #expect(answer.status == 200)
        csrfToken = answer.body["csrf_token"]?.string
        let cookie = try #require(answer.headers.first(name: "Set-Cookie"))
        session = CookieHeader.value(DemoShop.cookieName, in: cookie)
    }
}

func withShop(
    _ change: (inout DemoShop.Configuration) throws -> Void = { _ in },
    _ test: @Sendable (ShopVisitor) async throws -> Void
) async throws {
    var configuration = DemoShop.Configuration()
    try change(&configuration)
    try await test(ShopVisitor(DemoClient(service: DemoShop(configuration: configuration) { 1_000_000 })))
}

@Suite("Demo shop")
struct ShopTests {
    @Test("A user browses, logs in, buys and sees the order")
    func journey() async throws {
        try await withShop { shop in
            var visitor = shop
            let list = try visitor.call(.GET, "/api/products?category=audio")
            #expect(list.status == 200)
            #expect(list.body["count"]?.integer == 4)
            let id = try #require(list.body["products"]?[0]?["id"]?.string)
            #expect(try visitor.call(.GET, "/api/products/\(id)").body["price"]?.number == 129.9)
            try visitor.logIn()
            let cart = try visitor.call(.POST, "/api/cart/items", ["product_id": .string(id), "quantity": 2])
            #expect(cart.status == 201)
            #expect(cart.body["total"]?.number == 259.8)
            #expect(try visitor.call(.GET, "/api/cart").body == cart.body)
            let token: JSONValue = .string(try #require(visitor.csrfToken))
            let order = try visitor.call(.POST, "/api/checkout", ["csrf_token": token])
            #expect(order.status == 201)
            #expect(order.body["status"] == "confirmed")
            #expect(order.body["total"]?.number == 259.8)
            let orderID = try #require(order.body["order_id"]?.string)
            #expect(try visitor.call(.GET, "/api/orders/\(orderID)").body == order.body)
            #expect(try visitor.call(.GET, "/api/cart").body["items"] == [])
        }
    }

    @Test("The token of a checkout may come as a header")
    func csrfHeader() async throws {
        try await withShop { shop in
            var visitor = shop
            try visitor.logIn()
            _ = try visitor.call(.POST, "/api/cart/items", ["product_id": "p-401", "quantity": 1])
            let headers: HTTPHeaders = ["X-CSRF-Token": try #require(visitor.csrfToken)]
            #expect(try visitor.call(.POST, "/api/checkout", text: nil, headers: headers).status == 201)
        }
    }

    @Test(
        "Wrong requests get their status",
        arguments: [
            ("GET", "/api/products/p-999", nil, 404, "no_such_product"),
            ("GET", "/api/cart", nil, 401, "no_session"),
            ("POST", "/api/cart/items", #"{"product_id":"p-101","quantity":1}"#, 401, "no_session"),
            ("POST", "/api/checkout", "{}", 401, "no_session"),
            ("GET", "/api/orders/ord-1", nil, 401, "no_session"),
            ("POST", "/api/login", "not json", 400, "not_json"),
            ("POST", "/api/login", "[]", 422, "invalid"),
            ("POST", "/api/login", #"{"username":"ann"}"#, 422, "invalid"),
            ("POST", "/api/login", #"{"username":"a b","password":"demo"}"#, 422, "invalid"),
            ("POST", "/api/login", #"{"username":"ann","password":"wrong"}"#, 401, "wrong_password"),
            ("GET", "/api/login", nil, 405, "method_not_allowed"),
            ("DELETE", "/api/products/p-101", nil, 405, "method_not_allowed"),
            ("GET", "/nowhere", nil, 404, "not_found"),
            ("GET", "/api/products/", nil, 404, "not_found"),
            ("GET", "/api/products/p-101/more", nil, 404, "not_found"),
        ] as [(String, String, String?, Int, String)]
    )
    func refusals(method: String, path: String, body: String?, status: Int, code: String) async throws {
        try await withShop { shop in
            let answer = try shop.call(HTTPMethod(rawValue: method), path, text: body)
            #expect(answer.status == status)
            #expect(answer.body["error"]?["code"]?.string == code)
        }
    }

    @Test("Bodies that are nested too deeply or too long are refused")
    func hostileBodies() async throws {
        try await withShop { shop in
            let deep = String(repeating: "[", count: 10_000)
            let tooDeep = try shop.call(.POST, "/api/login", text: deep)
            #expect(tooDeep.status == 400)
            let long = String(repeating: " ", count: DemoShop.maximumBodyBytes + 1)
            let tooLong = try shop.call(.POST, "/api/login", text: long)
            #expect(tooLong.status == 413)
        }
    }

    @Test(
        "Wrong requests with a session get their status",
        arguments: [
            ("POST", "/api/cart/items", #"{"product_id":"p-999","quantity":1}"#, 404, "no_such_product"),
            ("POST", "/api/cart/items", #"{"product_id":"p-104","quantity":1}"#, 409, "out_of_stock"),
            ("POST", "/api/cart/items", #"{"product_id":"p-101","quantity":21}"#, 409, "out_of_stock"),
            ("POST", "/api/cart/items", #"{"product_id":"p-101","quantity":0}"#, 422, "invalid"),
            ("POST", "/api/cart/items", #"{"product_id":"p-101","quantity":1.5}"#, 422, "invalid"),
            ("POST", "/api/cart/items", #"{"product_id":7,"quantity":1}"#, 422, "invalid"),
            ("POST", "/api/cart/items", #"{"product_id":"p-101","quantity":9223372036854775807}"#, 409, "out_of_stock"),
            ("POST", "/api/checkout", "{}", 403, "csrf_missing"),
            ("POST", "/api/checkout", nil, 403, "csrf_missing"),
            ("POST", "/api/checkout", #"{"csrf_token":"guess"}"#, 403, "csrf_wrong"),
            ("GET", "/api/orders/ord-1", nil, 404, "no_such_order"),
        ] as [(String, String, String?, Int, String)]
    )
    func refusalsInSession(method: String, path: String, body: String?, status: Int, code: String) async throws {
        try await withShop { shop in
            var visitor = shop
            try visitor.logIn()
            let answer = try visitor.call(HTTPMethod(rawValue: method), path, text: body)
            #expect(answer.status == status)
            #expect(answer.body["error"]?["code"]?.string == code)
        }
    }

    @Test("A checkout needs something in the cart, and an order is its own session's")
    func checkoutRules() async throws {
        try await withShop { shop in
            var (ann, bob) = (shop, shop)
            try ann.logIn("ann")
            try bob.logIn("bob")
            let token: JSONValue = ["csrf_token": .string(try #require(ann.csrfToken))]
            #expect(try ann.call(.POST, "/api/checkout", token).status == 409)
            _ = try ann.call(.POST, "/api/cart/items", ["product_id": "p-101", "quantity": 20])
            #expect(try ann.call(.POST, "/api/cart/items", ["product_id": "p-101", "quantity": 1]).status == 409)
            let order = try ann.call(.POST, "/api/checkout", token).body["order_id"]?.string ?? ""
            #expect(try ann.call(.GET, "/api/orders/\(order)").status == 200)
            #expect(try bob.call(.GET, "/api/orders/\(order)").status == 404)
        }
    }
}
