/// The scenario of runs without a scenario file: two goals at the demo shop, driven by the simulated endpoint.
package enum EmbeddedScenario {
    /// The scenario for a demo that listens at these addresses.
    ///
    /// - Parameters:
    ///   - shopURL: the shop's base URL, such as `http://127.0.0.1:8080`.
    ///   - inferenceURL: the endpoint's base URL, such as `http://127.0.0.1:8081/v1`.
    /// - Returns: a scenario file's text.
    package static func yaml(shopURL: String, inferenceURL: String) -> String {
        """
        # Two goals at APE's own demo: a verdict on this scenario describes the demo, not an application of yours.
        name: demo

        targets:
          shop:
            url: \(shopURL)
            endpoints:
        \(endpoints)

        inference:
          url: \(inferenceURL)
          model: ape-demo

        goals:
          browse-and-buy:
            weight: 3
            prompt: |
              Buy two pieces of one product from the audio category. Look at the list, read about one product that is
              in stock, log in with your username and password, put it into the cart, check out with the csrf_token of
              your login, and look at the order at the end.
            data:
              - {username: "user-{{agent}}", password: \(ShopState.password)}
            capture:
              order_id: {json: $.order_id, path: /api/checkout}
            success:
              - answer: POST /api/checkout
                name: order confirmed
                status: 201
                json:
                  $.status: confirmed
                  $.total: {greater: 0}
              - verify: GET /api/orders/{{order_id}}
                name: order on record
                status: 200
                json:
                  $.order_id: "{{order_id}}"
                  $.status: confirmed
            max_steps: 16
            timeout: 60s

          fill-the-cart:
            weight: 1
            prompt: |
              Log in with your username and password, put two pieces of one audio product into the cart, and look at the
              cart to see that they are there. Leave them there: nothing is to be ordered.
            data:
              - {username: "user-{{agent}}", password: \(ShopState.password)}
            success:
              - answer: POST /api/cart/items
                name: put into the cart
                status: 201
              - verify: GET /api/cart
                name: cart holds the product
                status: 200
                json:
                  $.items[0].quantity: {at_least: 2}
                  $.total: {greater: 0}
            max_steps: 12
            timeout: 60s

        pacing:
          think: 200ms..400ms

        scrape:
          - {name: model, url: "\(metricsURL(inferenceURL))", party: inference}

        """
    }

    /// Where the endpoint shows what it does, beside its API.
    private static func metricsURL(_ inferenceURL: String) -> String {
        (inferenceURL.hasSuffix("/v1") ? String(inferenceURL.dropLast(3)) : inferenceURL) + "/metrics"
    }

    private static var endpoints: String {
        ShopRoute.counted.map { route in
            let description = ShopAPIDocument.description(of: route)
            let fields = description.body.map { "; body: " + $0.map(\.name).joined(separator: ", ") } ?? ""
            return "      - \"\(route.rawValue)\": \"\(description.summary)\(fields)\""
        }.joined(separator: "\n")
    }
}
