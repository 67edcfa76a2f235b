/// Scenarios on the demo shop, small enough for a test.
enum ShopScenario {
    /// A model that buys.
    static func model(_ demo: Demo, agents: Int, holdSeconds: Int) -> String {
        """
        name: model
        targets:
          shop:
            url: "\(demo.shop)"
            endpoints: [\(endpoints)]
        inference: {url: "\(demo.inference)/v1", model: demo}
        goals:
          buy:
            prompt: |
              You are a customer of a web shop. Look at the products, log in with the username and the password of your
              state, put two pairs of headphones into the cart and check out.
            data: [{username: "user-{{agent}}", password: secret}]
            success: [{answer: POST /api/checkout, status: 201}]

        """ + plan(agents: agents, holdSeconds: holdSeconds)
    }

    /// Fixed steps, no model: look, log in, buy.
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

    private static let endpoints = """
        GET /api/products, "GET /api/products/{id}", POST /api/login, GET /api/cart, POST /api/cart/items, \
        POST /api/checkout, "GET /api/orders/{id}"
        """

    /// One short stage: a second of ramp, a second of warm-up, some seconds of hold.
    private static func plan(agents: Int, holdSeconds: Int) -> String {
        "plan: [{agents: \(agents), ramp: 1s, warmup: 1s, hold: \(holdSeconds)s}]\n"
    }
}
