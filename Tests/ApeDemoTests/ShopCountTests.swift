import ApeCore
import Hummingbird
import HummingbirdTesting
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
                        _ = try await visitor.call(.get, "/api/products")
                        _ = try await visitor.call(.get, "/api/products/p-\(number % 2 == 0 ? 101 : 999)")
                        _ = try await visitor.call(.get, "/healthz")
                        _ = try await visitor.call(.get, "/demo/stats")
                        _ = try await visitor.call(.get, "/openapi.json")
                        _ = try await visitor.call(.put, "/api/cart")
                        try await visitor.logIn("user-\(number)")
                    }
                }
                try await group.waitForAll()
            }
            let stats = try await shop.call(.get, "/demo/stats").body
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
                for _ in 0..<500 { statuses.append(try await shop.call(.get, "/api/products").status) }
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
        let pauses = Mutex<[Int64]>([])
        let time = DemoTime(nowMicros: { 0 }, sleep: { micros in pauses.withLock { $0.append(micros) } })
        try await withShop(
            {
                $0.latencyMicros = 0
                try $0.slow("GET /api/products/{id}", latencyMicros: 800_000)
                try $0.fail("GET /api/products", share: 1)
            },
            time: time
        ) { shop in
            let refused = try await shop.call(.get, "/api/products")
            #expect(refused.status == 503)
            #expect(refused.headers[.retryAfter] == "1")
            #expect(try await shop.call(.get, "/api/products/p-101").status == 200)
        }
        let seen = pauses.withLock { $0 }
        #expect(seen[0] == 0)
        #expect((200_000...3_200_000).contains(seen[1]))
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
        var state = ShopState(seed: 1, capacity: 2)
        let first = state.openSession(username: "a", nowMicros: 0)
        let second = state.openSession(username: "b", nowMicros: 0)
        #expect(try state.place(ofSession: first.token, nowMicros: 1) == 0)
        _ = state.openSession(username: "c", nowMicros: 0)
        #expect(throws: ShopRequest.Refusal.self) { try state.place(ofSession: first.token, nowMicros: 1) }
        let last = ShopState.sessionLifetimeMicros - 1
        #expect(try state.place(ofSession: second.token, nowMicros: last) == 1)
        #expect(try state.place(ofSession: second.token, nowMicros: last + 1) == 1)
        let late = 3 * ShopState.sessionLifetimeMicros
        #expect(throws: ShopRequest.Refusal.self) { try state.place(ofSession: second.token, nowMicros: late) }
        for hostile in ["", "-", "9-x", "-1-x", "99999999999999999999-x", "1"] {
            #expect(throws: ShopRequest.Refusal.self) { try state.place(ofSession: hostile, nowMicros: 1) }
        }
    }

    @Test("A session keeps its last orders only")
    func ordersAreBounded() {
        var state = ShopState(seed: 1)
        _ = state.openSession(username: "a", nowMicros: 0)
        for _ in 0..<(ShopState.maximumOrders + 5) {
            state[0].cart = [.init(product: 0, quantity: 1)]
            _ = state.placeOrder(at: 0)
        }
        #expect(state[0].orders.count == ShopState.maximumOrders)
        #expect(state[0].orders.first?.id == "ord-6")
    }

    @Test("The OpenAPI document names every counted route")
    func openAPI() async throws {
        try await withShop { shop in
            let document = try await shop.call(.get, "/openapi.json").body
            for route in ShopRoute.counted {
                let operation = document["paths"]?[String(route.path)]?[route.method.lowercased()]
                #expect(operation?["summary"]?.string?.isEmpty == false, "\(route.rawValue)")
            }
        }
    }
}
