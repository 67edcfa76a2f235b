/// Scenarios on the demo shop, small enough for a test.
enum ShopScenario {
    /// One short stage: a second of ramp, a second of warm-up, some seconds of hold.
    static func plan(agents: Int, holdSeconds: Int) -> String {
        "plan: [{agents: \(agents), ramp: 1s, warmup: 1s, hold: \(holdSeconds)s}]\n"
    }

    /// Fixed steps, no model: look, log in, buy, and see the order.
    static func script(shop: String, agents: Int = 10, holdSeconds: Int = 4) -> String {
        """
        name: script
        targets: {shop: "\(shop)"}
        goals:
          buy:
            data: [{username: "user-{{agent}}", password: secret}]
            script:
              - GET /api/products
              - POST /api/login: {body: {username: "{{username}}", password: "{{password}}"}}
              - POST /api/cart/items: {body: {product_id: 1, quantity: 2}}
              - POST /api/checkout: {body: {csrf_token: "{{csrf_token}}"}}
            success: [{answer: POST /api/checkout, status: 201}]

        """ + plan(agents: agents, holdSeconds: holdSeconds)
    }
}
