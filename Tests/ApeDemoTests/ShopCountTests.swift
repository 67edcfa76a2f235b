import ApeCore
import NIOHTTP1
import Synchronization
import Testing

@testable import ApeDemo

@Suite("Demo shop's counts, knobs and bounds")
struct ShopCountTests {
    @Test("Counts are exact under concurrency, and leave out what tells about the demo")
    func counts() async throws {
        try await withShop { shop in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        var visitor = shop
                        _ = try visitor.call(.GET, "/api/products")
                        _ = try visitor.call(.GET, "/api/products/p-\(number % 2 == 0 ? 101 : 999)")
                        _ = try visitor.call(.GET, "/healthz")
                        _ = try visitor.call(.GET, "/demo/stats")
                        _ = try visitor.call(.GET, "/openapi.json")
                        _ = try visitor.call(.PUT, "/api/cart")
                        try visitor.logIn("user-\(number)")
                    }
                }
                try await group.waitForAll()
            }
            let stats = try shop.call(.GET, "/demo/stats").body
            #expect(stats["total"]?.integer == 800)
            #expect(stats["statuses"] == ["200": 500, "404": 100, "405": 200])
            #expect(stats["routes"]?["GET /api/products/{id}"]?["statuses"] == ["200": 100, "404": 100])
            #expect(stats["routes"]?["other"]?["total"]?.integer == 200)
            #expect(stats["sessions_opened"]?.integer == 200)
        }
    }

    @Test("A share of the requests fails, the same ones for the same seed, and changes nothing in the shop")
    func errorRate() async throws {
        let runs = Mutex<[[Int]]>([])
        for _ in 0..<2 {
            try await withShop {
                $0.errorRate = 0.3
                $0.seed = 7
            } _: { shop in
                var statuses: [Int] = []
                for _ in 0..<500 { statuses.append(try shop.call(.GET, "/api/products").status) }
                runs.withLock { $0.append(statuses) }
            }
        }
        let (first, second) = runs.withLock { ($0[0], $0[1]) }
        #expect(first == second)
        #expect((100...200).contains(first.count { $0 >= 500 }))
        #expect(Set(first) == [200, 500, 503])
    }

    @Test("One route can be faulty or slow")
    func routes() async throws {
        try await withShop {
            $0.latencyMicros = 0
            try $0.slow("GET /api/products/{id}", latencyMicros: 800_000)
            try $0.fail("GET /api/products", share: 1)
        } _: { shop in
            let refused = try shop.ask(.GET, "/api/products")
            #expect(refused.status == 503)
            #expect(refused.headers.first(name: "Retry-After") == "1")
            #expect(refused.flushes == [0])
            let slow = try shop.ask(.GET, "/api/products/p-101")
            #expect(slow.status == 200)
            #expect((200_000...3_200_000).contains(try #require(slow.flushes.last)))
        }
        var configuration = DemoShop.Configuration()
        #expect(throws: ApeError.self) { try configuration.slow("GET /healthz", latencyMicros: 1) }
    }

    @Test("Latencies scatter around their mean")
    func jitter() {
        var random = SeededRandom(seed: 3)
        let draws = (0..<20_000).map { _ in Jitter.micros(mean: 20_000, &random) }
        let mean = Double(draws.reduce(0, +)) / 20_000
        #expect((19_700...20_300).contains(mean))
        #expect(draws.allSatisfy { (1...80_000).contains($0) })
        #expect(Jitter.micros(mean: 0, &random) == 0)
    }

    @Test("The newest session takes the oldest one's place, and an unused one runs out")
    func sessionsAreBounded() throws {
        let state = ShopState(seed: 1, capacity: 2)
        func user(_ token: String, at nowMicros: Int64 = 1) -> String? {
            try? state.withSession(token, nowMicros: nowMicros) { $0.username }
        }
        let first = state.openSession(username: "a", nowMicros: 0)
        let second = state.openSession(username: "b", nowMicros: 0)
        #expect(user(first.token) == "a")
        _ = state.openSession(username: "c", nowMicros: 0)
        #expect(user(first.token) == nil)
        let last = ShopState.sessionLifetimeMicros - 1
        #expect(user(second.token, at: last) == "b")
        #expect(user(second.token, at: last + 1) == "b")
        #expect(user(second.token, at: 3 * ShopState.sessionLifetimeMicros) == nil)
        for hostile in ["", "-", "9-x", "-1-x", "99999999999999999999-x", "1"] { #expect(user(hostile) == nil) }
    }

    @Test("A session keeps its last orders only")
    func ordersAreBounded() throws {
        let state = ShopState(seed: 1)
        let token = state.openSession(username: "a", nowMicros: 0).token
        for _ in 0..<(ShopState.maximumOrders + 5) {
            _ = try state.withSession(token, nowMicros: 0) { session in
                session.cart = [.init(product: 0, quantity: 1)]
                return state.placeOrder(&session)
            }
        }
        let orders = try state.withSession(token, nowMicros: 0) { $0.orders }
        #expect(orders.count == ShopState.maximumOrders)
        #expect(orders.first?.id == "ord-6")
    }

    @Test("The OpenAPI document names every counted route")
    func openAPI() async throws {
        try await withShop { shop in
            let document = try shop.call(.GET, "/openapi.json").body
            for route in ShopRoute.counted {
                let operation = document["paths"]?[String(route.path)]?[route.method.lowercased()]
                #expect(operation?["summary"]?.string?.isEmpty == false, "\(route.rawValue)")
            }
        }
    }
}
