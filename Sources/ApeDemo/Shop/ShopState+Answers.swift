import ApeCore
import NIOCore

extension ShopState {
    /// The one password that every user of the demo has.
    static let password = "demo"
    static let maximumUsernameBytes = 64

    /// Serves one request on a counted route.
    func answer(_ route: ShopRoute, _ request: ShopRequest, nowMicros: Int64) -> ShopAnswer {
        do throws(ShopRequest.Refusal) {
            switch route {
            case .listProducts: return ShopAnswer(200, catalogue.list(category: request.category))
            case .viewProduct: return try product(request)
            case .login: return try login(request, nowMicros)
            case .viewCart: return try cart(request, nowMicros)
            case .addToCart: return try add(request, nowMicros)
            case .checkout: return try checkout(request, nowMicros)
            case .viewOrder: return try order(request, nowMicros)
            case .openAPI, .health, .stats: return .error(404, "not_found", "There is nothing here")
            }
        } catch {
            return error.answer
        }
    }

    private func product(_ request: ShopRequest) throws(ShopRequest.Refusal) -> ShopAnswer {
        guard let index = catalogue.index(of: request.id) else { throw .init(Self.unknownProduct(request.id)) }
        return ShopAnswer(200, catalogue.answer(productAt: index))
    }

    private func login(_ request: ShopRequest, _ nowMicros: Int64) throws(ShopRequest.Refusal) -> ShopAnswer {
        let body = try request.object()
        guard let username = body["username"]?.string, let password = body["password"]?.string else {
            throw .init(.error(422, "invalid", "username and password are needed, both strings"))
        }
        guard Self.isUsername(username) else {
            let form = "1 to \(Self.maximumUsernameBytes) letters, digits or any of . _ - @ +"
            throw .init(.error(422, "invalid", "username must be \(form)"))
        }
        guard password == Self.password else {
            throw .init(.error(401, "wrong_password", "The password is wrong"))
        }
        let session = openSession(username: username, nowMicros: nowMicros)
        let answer: JSONValue = ["username": .string(username), "csrf_token": .string(session.csrfToken)]
        var opened = ShopAnswer(200, answer)
        opened.newSession = session.token
        return opened
    }

    private func cart(_ request: ShopRequest, _ nowMicros: Int64) throws(ShopRequest.Refusal) -> ShopAnswer {
        let cart = try withSession(request.session, nowMicros: nowMicros) { $0.cart }
        return answer(200, cart)
    }

    private func add(_ request: ShopRequest, _ nowMicros: Int64) throws(ShopRequest.Refusal) -> ShopAnswer {
        let cart = try withSession(request.session, nowMicros: nowMicros) { session throws(ShopRequest.Refusal) in
            let body = try request.object()
            guard let id = body["product_id"]?.string, let quantity = body["quantity"]?.integer, quantity > 0 else {
                throw .init(
                    .error(422, "invalid", "product_id (a string) and quantity (a whole number above 0) are needed")
                )
            }
            guard let product = catalogue.index(of: id) else { throw .init(Self.unknownProduct(id)) }
            let line = session.cart.firstIndex { $0.product == product }
            let inCart = line.map { session.cart[$0].quantity } ?? 0
            let (wanted, isTooMany) = inCart.addingReportingOverflow(quantity)
            let stock = catalogue.products[product].stock
            guard !isTooMany, wanted <= stock else {
                throw .init(.error(409, "out_of_stock", "One order may hold \(stock) of \(id)"))
            }
            if let line {
                session.cart[line].quantity = wanted
            } else {
                session.cart.append(CartLine(product: product, quantity: quantity))
            }
            return session.cart
        }
        return answer(201, cart)
    }

    private func checkout(_ request: ShopRequest, _ nowMicros: Int64) throws(ShopRequest.Refusal) -> ShopAnswer {
        let order = try withSession(request.session, nowMicros: nowMicros) { session throws(ShopRequest.Refusal) in
            var given = request.csrfToken
            if given == nil, request.body?.isEmpty == false { given = try request.object()["csrf_token"]?.string }
            guard let given else {
                let message = "The csrf_token of POST /api/login is needed, in the body or as X-CSRF-Token"
                throw .init(.error(403, "csrf_missing", message))
            }
            guard given == session.csrfToken else {
                throw .init(.error(403, "csrf_wrong", "The csrf_token is not this session's"))
            }
            guard !session.cart.isEmpty else { throw .init(.error(409, "cart_empty", "The cart is empty")) }
            return placeOrder(&session)
        }
        return answer(201, order)
    }

    private func order(_ request: ShopRequest, _ nowMicros: Int64) throws(ShopRequest.Refusal) -> ShopAnswer {
        let order = try withSession(request.session, nowMicros: nowMicros) { session in
            session.orders.first { $0.id == request.id }
        }
        guard let order else {
            throw .init(.error(404, "no_such_order", "This session has no order \(request.id.prefix(64))"))
        }
        return answer(200, order)
    }
}

extension ShopState {
    private static func unknownProduct(_ id: String) -> ShopAnswer {
        .error(404, "no_such_product", "There is no product \(id.prefix(64))")
    }

    private static func isUsername(_ text: String) -> Bool {
        (1...maximumUsernameBytes).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-@+".unicodeScalars.contains($0))
            }
    }

    private func answer(_ status: Int, _ cart: [CartLine]) -> ShopAnswer {
        var writer = JSONWriter(reservingCapacity: 256)
        writer.append("{\"items\":")
        write(cart, to: &writer)
        writer.append(",\"total\":")
        writer.write(Money.json(total(cart)))
        writer.append("}")
        return ShopAnswer(status, ByteBuffer(bytes: writer.bytes))
    }

    private func answer(_ status: Int, _ order: Order) -> ShopAnswer {
        var writer = JSONWriter(reservingCapacity: 256)
        writer.member("{\"order_id\":", order.id)
        writer.append(",\"status\":\"confirmed\",\"total\":")
        writer.write(Money.json(order.totalCents))
        writer.append(",\"currency\":\"EUR\",\"items\":")
        write(order.lines, to: &writer)
        writer.append("}")
        return ShopAnswer(status, ByteBuffer(bytes: writer.bytes))
    }

    private func write(_ lines: [CartLine], to writer: inout JSONWriter) {
        writer.append("[")
        for (number, line) in lines.enumerated() {
            let product = catalogue.products[line.product]
            if number > 0 { writer.append(",") }
            writer.member("{\"product_id\":", product.id)
            writer.member(",\"name\":", product.name)
            writer.append(",\"price\":")
            writer.write(Money.json(product.priceCents))
            writer.append(",\"quantity\":")
            writer.write(integer: line.quantity)
            writer.append("}")
        }
        writer.append("]")
    }
}
