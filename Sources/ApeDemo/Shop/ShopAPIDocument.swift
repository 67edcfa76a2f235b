import ApeCore
import NIOCore

/// The shop's OpenAPI document, served at `GET /openapi.json`.
enum ShopAPIDocument {
    static let body = ByteBuffer(bytes: document.utf8)

    static let document: JSONValue = [
        "openapi": "3.1.0",
        "info": ["title": "Demo shop", "version": "1.0.0"],
        "paths": .object(paths),
        "components": [
            "securitySchemes": [
                "session": ["type": "apiKey", "in": "cookie", "name": .string(DemoShop.cookieName)]
            ]
        ],
    ]

    private static var paths: JSONObject {
        var paths = JSONObject()
        for route in ShopRoute.counted {
            var operations = paths[String(route.path)]?.object ?? JSONObject()
            operations[route.method.lowercased()] = .object(operation(route))
            paths[String(route.path)] = .object(operations)
        }
        return paths
    }

    private static func operation(_ route: ShopRoute) -> JSONObject {
        let description = description(of: route)
        var operation: JSONObject = ["operationId": .string("\(route)"), "summary": .string(description.summary)]
        var parameters: [JSONValue] = []
        if route.path.hasSuffix("{id}") { parameters.append(parameter("id", in: "path", required: true)) }
        if route == .listProducts { parameters.append(parameter("category", in: "query", required: false)) }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let fields = description.body { operation["requestBody"] = requestBody(fields) }
        var responses = JSONObject()
        for (status, meaning) in description.answers { responses[status] = ["description": .string(meaning)] }
        operation["responses"] = .object(responses)
        if description.needsSession { operation["security"] = [["session": []]] }
        return operation
    }

    private static func parameter(_ name: String, in place: String, required: Bool) -> JSONValue {
        [
            "name": .string(name), "in": .string(place), "required": .bool(required),
            "schema": ["type": "string"],
        ]
    }

    private static func requestBody(_ fields: [(name: String, type: String)]) -> JSONValue {
        var properties = JSONObject()
        for field in fields { properties[field.name] = ["type": .string(field.type)] }
        let schema: JSONValue = [
            "type": "object", "properties": .object(properties), "required": .array(fields.map { .string($0.name) }),
        ]
        return ["required": true, "content": ["application/json": ["schema": schema]]]
    }
}

extension ShopAPIDocument {
    /// How the document describes one route.
    struct Description {
        var summary: String
        var body: [(name: String, type: String)]?
        var answers: [(status: String, meaning: String)]
        var needsSession = false
    }

    /// Describes a route, for the document and for the embedded scenario's list of endpoints.
    static func description(of route: ShopRoute) -> Description {
        switch route {
        case .listProducts:
            Description(
                summary: "List products; category is audio, keyboards, displays or cables",
                answers: [("200", "Products")]
            )
        case .viewProduct:
            Description(summary: "One product", answers: [("200", "The product"), ("404", "No such product")])
        case .login:
            Description(
                summary: "Log in; sets the session cookie and answers with a csrf_token",
                body: [("username", "string"), ("password", "string")],
                answers: [("200", "Logged in"), ("401", "Wrong password"), ("422", "Not a valid user name")]
            )
        case .viewCart:
            Description(
                summary: "The session's cart",
                answers: [("200", "The cart"), ("401", "No session")],
                needsSession: true
            )
        case .addToCart:
            Description(
                summary: "Put a product into the cart",
                body: [("product_id", "string"), ("quantity", "integer")],
                answers: [
                    ("201", "The cart"), ("401", "No session"), ("404", "No such product"), ("409", "Out of stock"),
                ],
                needsSession: true
            )
        case .checkout:
            Description(
                summary: "Order what is in the cart",
                body: [("csrf_token", "string")],
                answers: [
                    ("201", "The order"), ("401", "No session"), ("403", "Wrong csrf_token"), ("409", "Empty cart"),
                ],
                needsSession: true
            )
        case .viewOrder:
            Description(
                summary: "One of the session's orders",
                answers: [("200", "The order"), ("401", "No session"), ("404", "No such order")],
                needsSession: true
            )
        case .openAPI, .health, .stats: Description(summary: "About the demo", answers: [("200", "As JSON")])
        }
    }
}
