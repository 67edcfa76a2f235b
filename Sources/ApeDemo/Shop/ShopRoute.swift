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
        for pattern in patterns {
            guard let id = identifier(in: path, of: pattern) else { continue }
            if pattern.method == method { return .route(pattern.route, id: id) }
            allowed.append(pattern.method)
        }
        return allowed.isEmpty ? .nowhere : .otherMethods(allowed.joined(separator: ", "))
    }

    private struct Pattern {
        var route: ShopRoute
        var method: String
        /// The path up to the identifier.
        var literal: String
        var takesID: Bool
    }

    private static let patterns: [Pattern] = allCases.map { route in
        Pattern(
            route: route,
            method: String(route.method),
            literal: String(route.path.prefix { $0 != "{" }),
            takesID: route.path.hasSuffix("{id}")
        )
    }

    /// The identifier that ends `path`, empty where the route takes none; nil when the path does not fit.
    private static func identifier(in path: String, of pattern: Pattern) -> String? {
        guard pattern.takesID else { return path == pattern.literal ? "" : nil }
        guard path.hasPrefix(pattern.literal) else { return nil }
        let id = path.utf8.dropFirst(pattern.literal.utf8.count)
        return id.isEmpty || id.contains(UInt8(ascii: "/")) ? nil : String(Substring(id))
    }
}
