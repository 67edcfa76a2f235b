import ApeCore
import Synchronization

/// The shop's sessions with their carts and orders.
///
/// Sessions are kept in a ring: the newest replaces the oldest, so memory is bounded whatever the load. A session's
/// token begins with its place in the ring. The places are dealt out to parts with locks of their own, so requests of
/// different sessions seldom wait for one another.
final class ShopState: Sendable {
    /// The most sessions that are kept: five logins in a row of 10,000 agents each.
    static let maximumSessions = 50_000
    /// The most orders that are kept of one session.
    static let maximumOrders = 20
    /// How long an unused session lives, in microseconds.
    static let sessionLifetimeMicros: Int64 = 30 * 60 * 1_000_000
    /// The stream of random numbers that tokens are drawn from, beside that of latencies and faults.
    private static let tokenStream = 1

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
    private let capacity: Int
    private let seed: UInt64
    private let opened = Atomic(0)
    private let placed = Atomic(0)
    /// By place.
    private let ring = Striped<[Int: Session]> { [:] }

    init(catalogue: Catalogue = .shared, seed: UInt64, capacity: Int = maximumSessions) {
        self.catalogue = catalogue
        self.capacity = capacity
        self.seed = seed
    }

    var sessionsOpened: Int { opened.load(ordering: .relaxed) }
    var ordersPlaced: Int { placed.load(ordering: .relaxed) }

    /// Opens a session and returns it.
    func openSession(username: String, nowMicros: Int64) -> Session {
        let number = opened.wrappingAdd(1, ordering: .relaxed).oldValue
        let place = number % capacity
        var random = SeededRandom(seed: seed, agent: number, session: Self.tokenStream)
        let session = Session(
            token: "\(place)-\(Hexadecimal.text(of: random.next()))",
            csrfToken: Hexadecimal.text(of: random.next()) + Hexadecimal.text(of: random.next()),
            username: username,
            expiresMicros: nowMicros + Self.sessionLifetimeMicros
        )
        ring.withLock(place) { $0[place] = session }
        return session
    }

    /// Finds an open session, renews its lifetime, and reads or changes it.
    ///
    /// - Returns: what `body` returns.
    func withSession<Result: Sendable>(
        _ token: String?,
        nowMicros: Int64,
        _ body: (inout Session) throws(ShopRequest.Refusal) -> Result
    ) throws(ShopRequest.Refusal) -> Result {
        guard let token, let place = Int(token.prefix { $0 != "-" }), place >= 0 else { throw Self.noSession }
        return try ring.withLock(place) { ring throws(ShopRequest.Refusal) in
            guard let index = ring.index(forKey: place), ring.values[index].token == token,
                nowMicros < ring.values[index].expiresMicros
            else { throw Self.noSession }
            ring.values[index].expiresMicros = nowMicros + Self.sessionLifetimeMicros
            return try body(&ring.values[index])
        }
    }

    private static var noSession: ShopRequest.Refusal {
        ShopRequest.Refusal(.error(401, "no_session", "Log in first: POST /api/login sets the session cookie"))
    }

    /// Turns a session's cart into an order.
    func placeOrder(_ session: inout Session) -> Order {
        let number = placed.wrappingAdd(1, ordering: .relaxed).newValue
        let order = Order(id: "ord-\(number)", lines: session.cart, totalCents: total(session.cart))
        if session.orders.count == Self.maximumOrders { session.orders.removeFirst() }
        session.orders.append(order)
        session.cart = []
        return order
    }

    func total(_ lines: [CartLine]) -> Int64 {
        lines.reduce(0) { $0 + catalogue.products[$1.product].priceCents * $1.quantity }
    }
}
