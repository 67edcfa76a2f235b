import ApeCore
import ApeInference
import ApeTransfer
import Testing
import TransportKit

@testable import ApeAgent

@Suite struct TargetAddressTests {
    private let builder = RequestBuilder(
        targets: [
            ("http://Shop.example:80/v1", ["GET /orders/{id}"]), ("https://pay.example", []), ("http://[::1]:8080", []),
        ].map { url, _ in
            var target = Scenario.Target(name: "t", baseURL: url)
            target.endpoints = [Scenario.Endpoint(method: "GET", path: "/orders/{id}")]
            return PreparedTarget(
                target,
                index: 0,
                of: Scenario(name: "s", targets: [target], inference: nil, goals: []),
                gate: nil
            )
        }
    )

    private func url(
        _ reference: String,
        from url: String = "http://shop.example/v1/orders?page=1",
        path: String = "{{where}}",
        query: [StateValue] = [],
        target: Int = 0
    ) -> String {
        var state = SessionState()
        state.set("where", reference, .captured, url: url)
        state.set("n", "a/b", .given)
        var draft = RequestDraft(method: "GET", target: target, path: path)
        draft.query = query
        do throws(ApeError) {
            let planned = try builder.build(draft, state: state, seeksCopies: false)
            return "\(planned.target) \(planned.request.url) \(planned.route)"
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        ("/v1/orders/17", "0 http://Shop.example:80/v1/orders/17 GET /orders/{id}"),
        ("/login?next=%2Forders%2F17", "0 http://shop.example/login?next=%2Forders%2F17 GET (other)"),
        ("http://shop.example/v1/orders/17#top", "0 http://Shop.example:80/v1/orders/17 GET /orders/{id}"),
        ("HTTP://SHOP.EXAMPLE:80/v1", "0 http://Shop.example:80/v1/ GET (other)"),
        ("orders/17", "0 http://Shop.example:80/v1/orders/17 GET /orders/{id}"),
        ("../health", "0 http://shop.example/health GET (other)"),
        ("?page=2", "0 http://Shop.example:80/v1/orders?page=2 GET (other)"),
        ("/v1/a b/100%/%41é", "0 http://Shop.example:80/v1/a%20b/100%25/%41%C3%A9 GET (other)"),
        ("/v12/x", "0 http://shop.example/v12/x GET (other)"),
        ("//pay.example/x", "`//pay.example/x` leads to http://pay.example, which is no target of the scenario"),
        ("https://pay.example:443/p/1?x=1", "1 https://pay.example/p/1?x=1 GET (other)"),
        ("http://[::1]:8080/orders/2", "2 http://[::1]:8080/orders/2 GET /orders/{id}"),
        (
            "https://shop.example/v1/orders/17",
            "`https://shop.example/v1/orders/17` leads to https://shop.example, which is no target of the scenario"
        ),
        (
            "http://shop.example:81/",
            "`http://shop.example:81/` leads to http://shop.example:81, which is no target of the scenario"
        ),
        (
            "http://shop.example@evil/",
            "`http://shop.example@evil/` leads to http://shop.example@evil, which is no target of the scenario"
        ),
        ("ftp://shop.example/x", "`ftp://shop.example/x` is no address"), ("", "`` is no address"),
        ("#top", "`` is no address"),
    ])
    func followsWhatAnApplicationNames(reference: String, url: String) {
        #expect(self.url(reference) == url)
    }

    @Test func meansWhatStandsBehindASlashToo() {
        #expect(url("/v1/orders/17", path: "/{{where}}") == "0 http://Shop.example:80/v1/orders/17 GET /orders/{id}")
        #expect(url("a/b", path: "/{{where}}") == "0 http://Shop.example:80/v1/a%2Fb GET (other)")
        #expect(
            url("/v1/orders", path: "{{where}}/{{n}}") == "0 http://Shop.example:80/v1/orders/a%2Fb GET /orders/{id}"
        )
        let query = [StateValue(name: "x", value: "1 2")]
        #expect(url("/v1/orders?a=b", query: query) == "0 http://Shop.example:80/v1/orders?a=b&x=1%202 GET (other)")
    }

    @Test func isRelativeToTheTargetWhereNothingElseIsKnown() {
        #expect(url("orders/17", from: "") == "0 http://Shop.example:80/v1/orders/17 GET /orders/{id}")
        #expect(url("x", from: "https://pay.example/a/b") == "0 http://Shop.example:80/v1/x GET (other)")
        #expect(url("x", from: "https://pay.example/a/b", target: 1) == "1 https://pay.example/a/x GET (other)")
    }
}
