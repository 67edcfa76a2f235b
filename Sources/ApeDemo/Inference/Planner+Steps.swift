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
            return decision("I will see which products there are.", "GET", "/api/products") { arguments in
                arguments.member(",\"query\":{\"category\":", Self.category)
                arguments.append("}")
            }
        case .viewProduct:
            let product = listedProduct ?? Self.fallbackProduct
            return decision("This one looks right, so I will read about it.", "GET", "/api/products/\(product)")
        case .login:
            return decision("I need to log in before I can use the cart.", "POST", "/api/login") { arguments in
                arguments.member(",\"body\":{\"username\":", prompt.offersUsername ? "{{username}}" : "visitor")
                arguments.member(",\"password\":", prompt.offersUsername ? "{{password}}" : ShopState.password)
                arguments.append("}")
            }
        case .addToCart:
            return decision("I will put it into the cart now.", "POST", "/api/cart/items") { arguments in
                arguments.member(",\"body\":{\"product_id\":", chosenProduct)
                arguments.append(",\"quantity\":2}")
            }
        case .viewCart:
            return decision("I will check what is in the cart.", "GET", "/api/cart")
        case .checkout:
            let token = isRetry ? copied("csrf_token", from: .login) : nil
            return decision("Everything is in the cart, so I will order.", "POST", "/api/checkout") { arguments in
                arguments.member(",\"body\":{\"csrf_token\":", token ?? "{{csrf_token}}")
                arguments.append("}")
            }
        case .viewOrder:
            let order = isRetry ? copied("order_id", from: .checkout) : nil
            return decision("I will look at the order to be sure.", "GET", "/api/orders/\(order ?? "{{order_id}}")")
        case .openAPI, .health, .stats:
            return decision("I will look at this.", "GET", String(route.path))
        }
    }

    /// A call of an HTTP tool.
    ///
    /// - Parameters:
    ///   - thought: what is said before it.
    ///   - method: of HTTP.
    ///   - path: what is asked for.
    ///   - more: writes the arguments that follow the path, each with the comma before it.
    /// - Returns: the decision to call.
    func decision(
        _ thought: String,
        _ method: String,
        _ path: String,
        _ more: (_ arguments: inout JSONWriter) -> Void = { _ in }
    ) -> Decision {
        var arguments = JSONWriter(reservingCapacity: 160)
        arguments.append("{")
        if let target = request.target {
            arguments.member("\"target\":", target)
            arguments.append(",")
        }
        arguments.member("\"path\":", path)
        more(&arguments)
        arguments.append("}")
        let text = String(decoding: arguments.bytes, as: UTF8.self)
        return Decision(thought: thought, tool: ToolName.tool(for: method), arguments: text)
    }

    /// One of the listed products that are in stock. Different users pick different ones.
    private var listedProduct: String? {
        guard let reply = success(of: .listProducts)?.reply else { return nil }
        let products = MemberText.values(of: "id", in: request.body[reply]).filter { product in
            MemberText.values(of: "stock", in: product.rest).first?.value != "0"
        }
        return products.isEmpty ? nil : products[request.body.count % products.count].value
    }

    /// The product that was viewed, or else one from the list.
    private var chosenProduct: String {
        let viewed = success(of: .viewProduct)?.path?.split(separator: "/").last
        return viewed.map(String.init) ?? listedProduct ?? Self.fallbackProduct
    }

    /// A value from the last successful answer of a route.
    private func copied(_ name: StaticString, from route: ShopRoute) -> String? {
        guard let reply = success(of: route)?.reply else { return nil }
        return MemberText.values(of: name, in: request.body[reply]).first?.value
    }
}
