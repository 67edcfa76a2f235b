import ApeCore

/// The shop's sessions with their carts and orders.
///
/// Sessions are kept in a ring: the newest replaces the oldest, so memory is bounded whatever the load. A session's
/// token begins with its place in the ring.
struct ShopState: Sendable {
    /// The most sessions that are kept: five logins in a row of 10,000 agents each.
    static let maximumSessions = 50_000
    /// The most orders that are kept of one session.
    static let maximumOrders = 20
    /// How long an unused session lives, in microseconds.
    static let sessionLifetimeMicros: Int64 = 30 * 60 * 1_000_000

    struct Session: Sendable {
        var token: String
        var csrfToken: String
        var username: String
        var expiresMicros: Int64
        var cart: [CartLine] = []
        var orders: [Order] = []
    }

    struct CartLine: Sendable, Equatable {
        /// The product's index in the catalogue.
        var product: Int
        var quantity: Int64
    }

    struct Order: Sendable, Equatable {
        var id: String
        var lines: [CartLine]
        var totalCents: Int64
    }

    let catalogue: Catalogue
    private(set) var sessionsOpened = 0
    private(set) var ordersPlaced = 0
    private let capacity: Int
    private var ring: [Session] = []
    private var random: SeededRandom

    init(catalogue: Catalogue = .shared, seed: UInt64, capacity: Int = maximumSessions) {
        self.catalogue = catalogue
        self.capacity = capacity
        random = SeededRandom(seed: seed)
    }

    /// Opens a session and returns it.
    mutating func openSession(username: String, nowMicros: Int64) -> Session {
        let place = sessionsOpened % capacity
        let session = Session(
            token: "\(place)-\(Hexadecimal.text(of: random.next()))",
            csrfToken: Hexadecimal.text(of: random.next()) + Hexadecimal.text(of: random.next()),
            username: username,
            expiresMicros: nowMicros + Self.sessionLifetimeMicros
        )
        if place < ring.count { ring[place] = session } else { ring.append(session) }
        sessionsOpened += 1
        return session
    }

    /// Finds an open session and renews its lifetime.
    ///
    /// - Returns: its place in the ring.
    mutating func place(ofSession token: String?, nowMicros: Int64) throws(ShopRequest.Refusal) -> Int {
        guard let token, let place = Int(token.prefix { $0 != "-" }), ring.indices.contains(place),
            ring[place].token == token, nowMicros < ring[place].expiresMicros
        else { throw .init(.error(401, "no_session", "Log in first: POST /api/login sets the session cookie")) }
        ring[place].expiresMicros = nowMicros + Self.sessionLifetimeMicros
        return place
    }

    /// The session at a place that ``place(ofSession:nowMicros:)`` gave.
    subscript(place: Int) -> Session {
        get { ring[place] }
        set { ring[place] = newValue }
    }

    /// Turns a session's cart into an order.
    mutating func placeOrder(at place: Int) -> Order {
        ordersPlaced += 1
        let lines = ring[place].cart
        let order = Order(id: "ord-\(ordersPlaced)", lines: lines, totalCents: total(lines))
        if ring[place].orders.count == Self.maximumOrders { ring[place].orders.removeFirst() }
        ring[place].orders.append(order)
        ring[place].cart = []
        return order
    }

    func total(_ lines: [CartLine]) -> Int64 {
        lines.reduce(0) { $0 + catalogue.products[$1.product].priceCents * $1.quantity }
    }
}
