/// The demo shop's routes. Routes about the demo itself are not counted.
enum ShopRoute: String, Sendable, CaseIterable {
    case listProducts = "GET /api/products"
    case viewProduct = "GET /api/products/{id}"
    case login = "POST /api/login"
    case viewCart = "GET /api/cart"
    case addToCart = "POST /api/cart/items"
    case checkout = "POST /api/checkout"
    case viewOrder = "GET /api/orders/{id}"
    case openAPI = "GET /openapi.json"
    case health = "GET /healthz"
    case stats = "GET /demo/stats"

    /// The routes that `GET /demo/stats` counts and that options can name.
    static let counted: [ShopRoute] = allCases.filter(\.isCounted)

    var isCounted: Bool {
        switch self {
        case .openAPI, .health, .stats: false
        default: true
        }
    }

    var method: Substring { rawValue.prefix { $0 != " " } }
    var path: Substring { rawValue.drop { $0 != " " }.dropFirst() }

    /// The result of looking up a method and a path.
    enum Match: Equatable {
        case route(ShopRoute, id: String)
        /// The path takes other methods only: the value of the `Allow` header.
        case otherMethods(String)
        case nowhere
    }

    static func match(method: String, path: String) -> Match {
        var allowed: [String] = []
        for (route, literal, takesID) in patterns {
            guard let id = identifier(in: path, after: literal, takesID: takesID) else { continue }
            if route.method == method { return .route(route, id: id) }
            allowed.append(String(route.method))
        }
        return allowed.isEmpty ? .nowhere : .otherMethods(allowed.joined(separator: ", "))
    }

    /// Each route with its path up to the identifier.
    private static let patterns: [(route: ShopRoute, literal: String, takesID: Bool)] = allCases.map { route in
        (route, String(route.path.prefix { $0 != "{" }), route.path.hasSuffix("{id}"))
    }

    /// The identifier that ends `path`, empty where the route takes none; nil when the path does not fit.
    private static func identifier(in path: String, after literal: String, takesID: Bool) -> String? {
        guard takesID else { return path == literal ? "" : nil }
        guard path.hasPrefix(literal) else { return nil }
        let id = path.dropFirst(literal.count)
        return id.isEmpty || id.contains("/") ? nil : String(id)
    }
}
