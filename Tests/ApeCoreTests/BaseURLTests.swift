import ApeCore
import Testing

@Suite struct BaseURLTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080", false, "127.0.0.1", 8080, ""),
        ("https://Shop.Example.com", true, "shop.example.com", 443, ""),
        ("HTTP://h/", false, "h", 80, ""), ("http://h:80/a/b/", false, "h", 80, "/a/b"),
        ("http://h/a//", false, "h", 80, "/a"),
        ("https://[::1]:8443/v1", true, "::1", 8443, "/v1"), ("http://[fe80::1]", false, "fe80::1", 80, ""),
        ("http://my_host-1.local:1/%20", false, "my_host-1.local", 1, "/%20"),
    ])
    func reads(text: String, isSecure: Bool, host: String, port: Int, path: String) throws {
        let url = try BaseURL(text)
        #expect(url.isSecure == isSecure)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.path == path)
        #expect(!url.text.hasSuffix("/") && text.hasPrefix(url.text))
        #expect(try BaseURL(url.text) == url)
    }

    @Test(arguments: [
        "", "h", "//h", "ftp://h", "http:/h", "http://", "http:///a", "http://:80", "http://h:", "http://h:0",
        "http://h:65536",
        "http://h:+80", "http://h:8a", "http://u@h", "http://u:p@h", "http://h?a", "http://h#a", "http://h/a b",
        "http://h/{a}",
        "http://[::1", "http://[]", "http://[h]", "http://[::1]x", "http://h\n", "http://hé", "http://a,b",
        "http://h/\\",
        "http://h:１", "http://" + String(repeating: "h", count: 300), "http://h/" + String(repeating: "a", count: 2048),
    ])
    func refuses(text: String) {
        #expect { try BaseURL(text) } throws: { ($0 as? ApeError)?.code == .scenario }
    }
}
