import ApeCore

extension Planner {
    /// The product to buy where the list shows none.
    private static let fallbackProduct = "p-101"
    private static let category = "audio"

    /// The call for one step of a journey. The first attempt writes `{{name}}` for values of earlier answers; a retry
    /// copies the values themselves.
    func call(_ route: ShopRoute, isRetry: Bool) -> Decision {
        switch route {
        case .listProducts:
            return decision(
                "I will see which products there are.",
                "GET",
                "/api/products",
                [
                    "query": ["category": .string(Self.category)]
                ]
            )
        case .viewProduct:
            let product = listedProduct ?? Self.fallbackProduct
            return decision("This one looks right, so I will read about it.", "GET", "/api/products/\(product)")
        case .login:
            return decision("I need to log in before I can use the cart.", "POST", "/api/login", ["body": credentials])
        case .addToCart:
            return decision(
                "I will put it into the cart now.",
                "POST",
                "/api/cart/items",
                [
                    "body": ["product_id": .string(chosenProduct), "quantity": 2]
                ]
            )
        case .viewCart:
            return decision("I will check what is in the cart.", "GET", "/api/cart")
        case .checkout:
            let token = isRetry ? copied("csrf_token", from: .login) : nil
            return decision(
                "Everything is in the cart, so I will order.",
                "POST",
                "/api/checkout",
                [
                    "body": ["csrf_token": .string(token ?? "{{csrf_token}}")]
                ]
            )
        case .viewOrder:
            let order = isRetry ? copied("order_id", from: .checkout) : nil
            return decision("I will look at the order to be sure.", "GET", "/api/orders/\(order ?? "{{order_id}}")")
        case .openAPI, .health, .stats:
            return decision("I will look at this.", "GET", String(route.path))
        }
    }

    /// A call of an HTTP tool.
    func decision(_ thought: String, _ method: String, _ path: String, _ more: JSONObject = [:]) -> Decision {
        var arguments: JSONObject = [:]
        arguments["target"] = request.target.map { .string($0) }
        arguments["path"] = .string(path)
        for member in more { arguments[member.key] = member.value }
        return Decision(thought: thought, tool: ToolName.tool(for: method), arguments: JSONValue.object(arguments).text)
    }

    private var credentials: JSONValue {
        prompt.offersUsername
            ? ["username": "{{username}}", "password": "{{password}}"]
            : ["username": "visitor", "password": .string(ShopState.password)]
    }

    /// One of the listed products that are in stock. Different users pick different ones.
    private var listedProduct: String? {
        guard let reply = calls(of: .listProducts).last(where: \.hasSucceeded)?.reply else { return nil }
        let products = MemberText.values(of: "id", in: request.body[reply]).filter { product in
            MemberText.values(of: "stock", in: product.rest).first?.value != "0"
        }
        return products.isEmpty ? nil : products[request.body.count % products.count].value
    }

    /// The product that was viewed, or else one from the list.
    private var chosenProduct: String {
        let viewed = calls(of: .viewProduct).last(where: \.hasSucceeded)?.path?.split(separator: "/").last
        return viewed.map(String.init) ?? listedProduct ?? Self.fallbackProduct
    }

    /// A value from the last successful answer of a route.
    private func copied(_ name: StaticString, from route: ShopRoute) -> String? {
        guard let reply = calls(of: route).last(where: \.hasSucceeded)?.reply else { return nil }
        return MemberText.values(of: name, in: request.body[reply]).first?.value
    }
}
