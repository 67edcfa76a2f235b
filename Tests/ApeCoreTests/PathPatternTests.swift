import ApeCore
import Testing

@Suite struct PathPatternTests {
    @Test(arguments: [
        ("/", "/"), ("/api/products", "/api/products"), ("/api/products/{id}", "/api/products/17"),
        ("/api/products/{id}", "/api/products/17?full=1&x=/a/b"), ("/a/{b}/c", "/a/%2F/c"),
        ("/f/{n}.json", "/f/x.json"),
        ("/f/v{n}", "/f/v2"), ("/a/", "/a/"), ("/a/{b}/{c}", "/a/1/2"), ("/a", "/a#part"),
        ("/c/{base}...{head}", "/c/v1...v2"), ("/c/{base}...{head}", "/c/a......b"), ("/at/{lat},{lon}", "/at/1.5,-2"),
        ("/r/{id}.{format}", "/r/a.b.json"), ("/r/v{a}-{b}-{c}x", "/r/v1-2-3x"), ("/a/{b}{c}", "/a/1"),
        ("/a/{id:[0-9]{3}}/b", "/a/123/b"), ("/a({id})", "/a(7)"), ("/a/{+path}", "/a/b"),
    ])
    func matches(pattern: String, path: String) throws {
        #expect(try PathPattern(pattern).matches(path))
    }

    @Test(arguments: [
        ("/", ""), ("/", "/a"), ("/api/products/{id}", "/api/products/"), ("/api/products/{id}", "/api/products"),
        ("/api/products/{id}", "/api/products/1/reviews"), ("/f/{n}.json", "/f/.json"), ("/f/{n}.json", "/f/x.xml"),
        ("/a", "/a/"), ("/a", "/A"), ("/a", "a"), ("/v{n}v", "/v"), ("/a/b", "/a?b"),
        ("/c/{base}...{head}", "/c/...v2"), ("/c/{base}...{head}", "/c/v1..."), ("/at/{lat},{lon}", "/at/1.5"),
        ("/r/{id}.{format}", "/r/.json"), ("/r/v{a}-{b}-{c}x", "/r/v1-2-x"), ("/r/{a}-{b}", "/r/--"),
    ])
    func doesNotMatch(pattern: String, path: String) throws {
        #expect(try !PathPattern(pattern).matches(path))
    }

    @Test(arguments: [
        "", "api", "/a?b=1", "/a#b", "/a/{", "/a/}", "/a/{}", "/a/{b{c}", "/a/b}{", "/a/{{id}}",
        String(repeating: "/a", count: 65),
    ])
    func refuses(pattern: String) {
        #expect { try PathPattern(pattern) } throws: { error in (error as? ApeError)?.code == .scenario }
    }

    @Test func literalSegmentsWinWhateverTheOrder() {
        let paths = ["/{any}/{id}", "/a/{x}/c", "/a/{id}", "/a/b/c", "/a/best", "/a/{n}.json", "/{x}/b/c"]
        let expected = [
            ("/a/best", "/a/best"), ("/a/7", "/a/{id}"), ("/a/7.json", "/a/{n}.json"), ("/z/7", "/{any}/{id}"),
            ("/a/b/c", "/a/b/c"), ("/a/z/c", "/a/{x}/c"), ("/z/b/c", "/{x}/b/c"),
        ]
        var random = SeededRandom(seed: 3)
        for _ in 0..<50 {
            let endpoints = paths.shuffled(using: &random).map { Scenario.Endpoint(method: "GET", path: $0) }
            let table = RouteTable(endpoints: endpoints)
            for (path, route) in expected { #expect(table.route(method: "GET", path: path) == "GET \(route)") }
            #expect(table.route(method: "POST", path: "/a/best") == nil)
            #expect(table.route(method: "GET", path: "/a") == nil)
        }
    }
}
